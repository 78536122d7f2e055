// Topic id-token: go-oidc on the token of vectors/id-token/ok-access-token.json, one fixed key.
package main

import (
	"context"
	"crypto"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"os"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
)

func idToken() {
	var vector struct {
		Token string
		Jwks  struct{ Keys []map[string]string }
		// now, issuer, client_id, nonce
		Options map[string]any
	}
	if err := json.Unmarshal(must(os.ReadFile(os.Getenv("VECTORS")+"/id-token/ok-access-token.json")), &vector); err != nil {
		panic(err)
	}
	text := func(name string) string { return vector.Options[name].(string) }
	var key *rsa.PublicKey
	for _, jwk := range vector.Jwks.Keys {
		if jwk["kid"] == "test-main" {
			n := new(big.Int).SetBytes(must(base64.RawURLEncoding.DecodeString(jwk["n"])))
			key = &rsa.PublicKey{N: n, E: 65537}
		}
	}
	now := time.Unix(int64(vector.Options["now"].(float64)), 0)
	config := &oidc.Config{
		ClientID:             text("client_id"),
		SupportedSigningAlgs: []string{oidc.RS256},
		Now:                  func() time.Time { return now },
	}
	verifier := oidc.NewVerifier(text("issuer"), &oidc.StaticKeySet{PublicKeys: []crypto.PublicKey{key}}, config)
	bench("id-token", "go-oidc "+version("github.com/coreos/go-oidc/v3")+", one fixed key", "raw verify, aws-lc-rs", func() {
		token := must(verifier.Verify(context.Background(), vector.Token))
		var claims struct{ Azp, Acr string }
		if err := token.Claims(&claims); err != nil || token.Nonce != text("nonce") || claims.Azp != text("client_id") {
			panic("claims")
		}
		if err := token.VerifyAccessToken(text("access_token")); err != nil || claims.Acr != "eidas1" {
			panic("claims")
		}
	})
}
