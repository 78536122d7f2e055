#!/bin/sh
# Makes the files of this folder with OpenSSL 3, as an operator would. They are committed: keys of tests, of nobody.
# `client` is what a service holds; `other` has another key, of another kind.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$work/ca.key" -out ca.pem -days 36500 \
    -subj "/C=FR/O=TEST/CN=TEST AC ORG sas-psc" 2>/dev/null
issue() { # name, extra options of genpkey
    name=$1; shift
    openssl genpkey "$@" -out "$work/$name.key" 2>/dev/null
    openssl req -new -key "$work/$name.key" -subj "/C=FR/O=TEST/OU=318751275100020/CN=$name.test" -out "$work/$name.csr"
    printf 'extendedKeyUsage=clientAuth\nbasicConstraints=CA:FALSE\n' >"$work/ext"
    openssl x509 -req -in "$work/$name.csr" -CA ca.pem -CAkey "$work/ca.key" -CAcreateserial -CAserial "$work/serial" \
        -days 36000 -extfile "$work/ext" -out "$name.pem" 2>/dev/null
}
# A server of tests on this machine, of an authority of its own: simulated providers show it.
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$work/server-ca.key" -out server-ca.pem -days 36500 \
    -subj "/C=FR/O=TEST/CN=TEST AC SERVEUR sas-psc" -addext "keyUsage=critical,keyCertSign" 2>/dev/null
openssl req -x509 -newkey rsa:2048 -nodes -keyout server.key -out server.pem -days 36000 -subj "/CN=127.0.0.1" \
    -CA server-ca.pem -CAkey "$work/server-ca.key" -addext "basicConstraints=critical,CA:FALSE" \
    -addext "subjectAltName=IP:127.0.0.1,DNS:localhost" 2>/dev/null
issue client -algorithm RSA -pkeyopt rsa_keygen_bits:2048
issue other -algorithm EC -pkeyopt ec_paramgen_curve:P-256
cp "$work/client.key" client.key
cp "$work/other.key" other.key
openssl pkcs8 -topk8 -in client.key -v2 aes-256-cbc -passout pass:motdepasse -out client-encrypted.key
openssl pkcs8 -topk8 -in client.key -scrypt -passout pass:motdepasse -out client-scrypt.key
openssl rsa -in client.key -aes256 -passout pass:motdepasse -traditional -out client-old-encryption.key 2>/dev/null
openssl rsa -in client.key -traditional -out client-pkcs1.key 2>/dev/null
openssl pkcs12 -export -in client.pem -inkey client.key -certfile ca.pem -name service -passout pass:motdepasse -out client.p12
openssl pkcs12 -export -in client.pem -inkey client.key -certfile ca.pem -passout pass:motdepasse \
    -keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -macalg sha1 -out client-3des.p12
openssl pkcs12 -export -in other.pem -inkey other.key -passout pass: -out other-no-password.p12
openssl pkcs12 -export -nokeys -in client.pem -passout pass:motdepasse -out no-key.p12
