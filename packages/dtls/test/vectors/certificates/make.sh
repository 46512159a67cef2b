#!/bin/sh
# Makes the certificates and keys of the DTLS tests anew, with OpenSSL 3. Run it in this folder; commit what it writes.
# The keys are public: they open nothing but these tests.
set -eu

scratch=$(mktemp -d)
trap 'rm -r "$scratch"' EXIT
: >"$scratch/index"
cat >"$scratch/ca.cnf" <<END
[ca]
default_ca = authority
[authority]
database = $scratch/index
new_certs_dir = $scratch
serial = $scratch/serial
default_md = sha256
policy = any
unique_subject = no
[any]
organizationName = supplied
commonName = supplied
END

# $1: name, $2: common name, $3: serial number, $4: extensions, then how to sign
issue() {
  name=$1
  openssl ecparam -name prime256v1 -genkey -noout -out "$name.key.pem"
  openssl req -new -key "$name.key.pem" -subj "/O=Selvage tests/CN=$2" -out "$scratch/csr"
  printf '%s\n' "$3" >"$scratch/serial"
  printf '%s\n' "$4" >"$scratch/extensions"
  shift 4
  openssl ca -batch -config "$scratch/ca.cnf" -in "$scratch/csr" -extfile "$scratch/extensions" -notext \
    -startdate 20200101000000Z -enddate 21200101000000Z -out "$name.cert.pem" "$@"
  chmod 644 "$name.key.pem"
}

leaf() {
  issue "$1" "$2" "$3" "basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature
extendedKeyUsage=serverAuth,clientAuth
subjectAltName=DNS:$2" -cert ca.cert.pem -keyfile ca.key.pem
}

issue ca 'Selvage test CA' 01 'basicConstraints=critical,CA:TRUE
keyUsage=critical,keyCertSign,cRLSign' -selfsign -keyfile ca.key.pem
leaf server server.selvage.test 02
leaf client client.selvage.test 03
leaf other other.selvage.test 04
