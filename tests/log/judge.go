// Judges a consent log with code of other authorship: golang.org/x/mod/sumdb/note and tlog, which Go's checksum database
// runs on. It reads the folder that tests/src/bin/make-log.rs made, and says what it checked; any doubt ends it.
//
//	judge DIR VECTORS    DIR/log is the log, DIR/checkpoints/* earlier checkpoints, DIR/receipts/*.tlog-proof receipts;
//	                     VECTORS is vectors/consent-log
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func doubt(format string, args ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", args...)
	os.Exit(1)
}

func must[T any](value T, err error) T {
	if err != nil {
		doubt("%v", err)
	}
	return value
}

func read(path ...string) []byte { return must(os.ReadFile(filepath.Join(path...))) }

// files reads tiles by the names of C2SP tlog-tiles, which are Go's without the height.
type files struct{ log string }

func (f files) Height() int                                { return 8 }
func (f files) SaveTiles(tiles []tlog.Tile, data [][]byte) {}
func (f files) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		name := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		data, err := os.ReadFile(filepath.Join(f.log, name))
		if os.IsNotExist(err) && tile.W < 256 {
			full, _, _ := strings.Cut(name, ".p/")
			if data, err = os.ReadFile(filepath.Join(f.log, full)); err == nil {
				data = data[:tile.W*tlog.HashSize]
			}
		}
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

// checkpoint verifies a note and reads its tree: origin, size, root.
func checkpoint(text []byte, keys note.Verifiers) tlog.Tree {
	signed, err := note.Open(text, keys)
	if err != nil {
		doubt("checkpoint: %v", err)
	}
	lines := strings.Split(signed.Text, "\n")
	if len(lines) != 4 || lines[3] != "" || lines[0] != signed.Sigs[0].Name {
		doubt("checkpoint: %q", signed.Text)
	}
	return tlog.Tree{N: must(strconv.ParseInt(lines[1], 10, 64)), Hash: must(tlog.ParseHash(lines[2]))}
}

// entries reads every bundle of a tree: entries with their lengths in two bytes before them.
func entries(log string, size int64) (all [][]byte) {
	for int64(len(all)) < size {
		index, width := int64(len(all))/256, min(256, size-int64(len(all)))
		name := strings.Replace(tlog.Tile{H: 8, L: -1, N: index, W: int(width)}.Path(), "tile/8/data/", "tile/entries/", 1)
		bundle := read(log, name)
		for len(bundle) > 0 {
			length := int(binary.BigEndian.Uint16(bundle))
			all = append(all, bundle[2:2+length])
			bundle = bundle[2+length:]
		}
	}
	return all
}

// proved says whether a c2sp.org/tlog-proof@v1 holds, whatever its opening.
func proved(text string, keys note.Verifiers) error {
	head, signed, found := strings.Cut(text, "\n\n")
	lines := strings.Split(head, "\n")
	if !found || len(lines) < 3 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return errors.New("no proof")
	}
	opened, err := note.Open([]byte(signed), keys)
	if err != nil {
		return err
	}
	entry, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(lines[1], "extra "))
	if err != nil {
		return err
	}
	number, found := strings.CutPrefix(lines[2], "index ")
	index, err := strconv.ParseInt(number, 10, 64)
	if !found || err != nil || strconv.FormatInt(index, 10) != number {
		return errors.New("no index")
	}
	var proof tlog.RecordProof
	for _, line := range lines[3:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return err
		}
		proof = append(proof, hash)
	}
	said := strings.Split(opened.Text, "\n")
	size, root := must(strconv.ParseInt(said[1], 10, 64)), must(tlog.ParseHash(said[2]))
	return tlog.CheckRecord(proof, size, root, index, tlog.RecordHash(entry))
}

// vectors judges the receipts that Rust, C and Python judge, as far as Go can: not what opens them.
func vectors(folder string) int {
	files := must(filepath.Glob(filepath.Join(folder, "*.json")))
	for _, file := range files {
		var one struct {
			Vkey, Proof string
			Sound       bool
		}
		if err := json.Unmarshal(read(file), &one); err != nil {
			doubt("%s: %v", file, err)
		}
		var list []note.Verifier
		for _, line := range strings.Split(one.Vkey, "\n") {
			if key, err := note.NewVerifier(line); err == nil {
				list = append(list, key)
			}
		}
		if err := proved(one.Proof, note.VerifierList(list...)); (err == nil) != one.Sound {
			doubt("%s: %v", file, err)
		}
	}
	return len(files)
}

// receipt verifies a c2sp.org/tlog-proof@v1, and that its path is Go's.
func receipt(text []byte, keys note.Verifiers, reader tlog.HashReader) {
	head, signed, found := bytes.Cut(text, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	if !found || lines[0] != "c2sp.org/tlog-proof@v1" {
		doubt("receipt: %q", lines[0])
	}
	entry := must(base64.StdEncoding.DecodeString(strings.TrimPrefix(lines[1], "extra ")))
	index := must(strconv.ParseInt(strings.TrimPrefix(lines[2], "index "), 10, 64))
	var proof tlog.RecordProof
	for _, line := range lines[3:] {
		proof = append(proof, must(tlog.ParseHash(line)))
	}
	tree := checkpoint(signed, keys)
	if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(entry)); err != nil {
		doubt("receipt of entry %d: %v", index, err)
	}
	ours := must(tlog.ProveRecord(tree.N, index, reader))
	if fmt.Sprint(ours) != fmt.Sprint(proof) {
		doubt("receipt of entry %d: another path than Go's", index)
	}
}

func main() {
	dir := os.Args[1]
	log := filepath.Join(dir, "log")
	var list []note.Verifier
	for _, line := range strings.Fields(string(read(log, "key.vkey"))) {
		list = append(list, must(note.NewVerifier(line)))
	}
	keys := note.VerifierList(list...)
	tree := checkpoint(read(log, "checkpoint"), keys)
	reader := tlog.TileHashReader(tree, files{log})
	if hash := must(tlog.TreeHash(tree.N, reader)); hash != tree.Hash {
		doubt("another root than Go's")
	}
	all := entries(log, tree.N)
	if int64(len(all)) != tree.N {
		doubt("%d entries of %d", len(all), tree.N)
	}
	for at, entry := range all {
		hashes := must(reader.ReadHashes([]int64{tlog.StoredHashIndex(0, int64(at))}))
		if hashes[0] != tlog.RecordHash(entry) {
			doubt("entry %d is not the one in the tree", at)
		}
	}
	earlier := must(filepath.Glob(filepath.Join(dir, "checkpoints", "*")))
	for _, file := range earlier {
		old := checkpoint(read(file), keys)
		if old.N > 0 {
			proof := must(tlog.ProveTree(tree.N, old.N, reader))
			if err := tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash); err != nil {
				doubt("%s: %v", file, err)
			}
		}
	}
	receipts := must(filepath.Glob(filepath.Join(dir, "receipts", "*.tlog-proof")))
	for _, file := range receipts {
		receipt(read(file), keys, reader)
	}
	// What signs here is a key for Go too, and what Go signs our verifier is asked about.
	signer := must(note.NewSigner(strings.Fields(string(read(log, "key.private")))[0]))
	text := fmt.Sprintf("%s\n%d\n%s\n", signer.Name(), tree.N, tree.Hash)
	signed := must(note.Sign(&note.Note{Text: text}, signer))
	if err := os.WriteFile(filepath.Join(dir, "signed-by-go"), signed, 0o644); err != nil {
		doubt("%v", err)
	}
	fmt.Printf("%d entries, %d checkpoints, %d receipts, %d vectors\n", len(all), len(earlier), len(receipts), vectors(os.Args[2]))
}
