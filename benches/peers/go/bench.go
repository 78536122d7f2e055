// How a case in Go is measured: the Rust baseline right before it, in its own process; the ratio of the pair.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

type result struct {
	Topic   string     `json:"topic"`
	Case    string     `json:"case"`
	Value   float64    `json:"value"`
	Unit    string     `json:"unit"`
	RatioTo string     `json:"ratio_to"`
	Ratio   float64    `json:"ratio"`
	Spread  [2]float64 `json:"spread"`
	Most    *float64   `json:"most"`
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func micros(run func(), count int) float64 {
	start := onCPU()
	for range count {
		run()
	}
	return float64((onCPU() - start).Nanoseconds()) / 1000 / float64(count)
}

// The time this process has been on a CPU.
func onCPU() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func baseline() float64 {
	command := append(strings.Fields(os.Getenv("BASELINE")), "--baseline")
	said := must(exec.Command(command[0], command[1:]...).Output())
	return must(strconv.ParseFloat(strings.TrimSpace(string(said)), 64))
}

func median(values []float64) float64 {
	return slices.Sorted(slices.Values(values))[len(values)/2]
}

func bench(topic, name, ratioTo string, run func()) {
	rounds, sample := 15, 20_000.0
	if os.Getenv("QUICK") != "" {
		rounds, sample = 2, 4_000.0
	}
	run()
	count := max(1, int(sample/micros(run, 50)))
	var values, ratios []float64
	for range rounds {
		base := baseline()
		values = append(values, micros(run, count))
		ratios = append(ratios, values[len(values)-1]/base)
	}
	spread := [2]float64{slices.Min(ratios), slices.Max(ratios)}
	line := result{topic, name, median(values), "µs", ratioTo, median(ratios), spread, nil}
	fmt.Println(string(must(json.Marshal(line))))
}

func main() {
	if topic, known := topics[os.Args[1]]; known {
		topic()
	}
}

var topics = map[string]func(){"id-token": idToken}

func version(module string) string {
	info, _ := debug.ReadBuildInfo()
	for _, dependency := range info.Deps {
		if dependency.Path == module {
			return dependency.Version
		}
	}
	return ""
}
