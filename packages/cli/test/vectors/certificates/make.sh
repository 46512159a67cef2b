#!/bin/sh
# Makes the certificates of the chain tests anew, with OpenSSL 3. Run it in this folder; commit what it writes.
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
policy = any
unique_subject = no
[any]
commonName = supplied
END
serial=10

# certify <file> <common name> <issuer's file, or self> <hash> <start> <end> <extensions>
certify() {
  key="$scratch/$1.key"
  openssl ecparam -name prime256v1 -genkey -noout -out "$key"
  openssl req -new -key "$key" -subj "/CN=$2" -out "$scratch/request"
  serial=$((serial + 1))
  echo "$serial" >"$scratch/serial"
  printf '%s\n' "$7" >"$scratch/extensions"
  if [ "$3" = self ]; then
    set -- "$@" -selfsign -keyfile "$key"
  else
    set -- "$@" -cert "$3.cert.pem" -keyfile "$scratch/$3.key"
  fi
  file=$1 hash=$4 start=$5 end=$6
  shift 7
  openssl ca -batch -config "$scratch/ca.cnf" -in "$scratch/request" -extfile "$scratch/extensions" -notext \
    -md "$hash" -startdate "$start" -enddate "$end" -out "$file.cert.pem" "$@"
}

long='20200101000000Z 21200101000000Z'
authority='basicConstraints=critical,CA:TRUE'
leaf='basicConstraints=critical,CA:FALSE'

certify root 'Chain root' self sha256 $long "$authority"
certify impostor 'Chain root' self sha256 $long "$authority"
certify middle 'Chain middle' root sha384 $long "$authority,pathlen:0"
certify deep 'Chain deep' middle sha256 $long "$authority"
certify narrow 'Chain narrow' root sha256 $long "$authority
nameConstraints=critical,permitted;DNS:example.org"
certify leaf 'Leaf of root' root sha256 $long "$leaf"
certify leaf-of-middle 'Leaf of middle' middle sha512 $long "$leaf"
certify leaf-of-deep 'Leaf of deep' deep sha256 $long "$leaf"
certify leaf-of-leaf 'Leaf of leaf' leaf sha256 $long "$leaf"
certify leaf-of-narrow 'Leaf of narrow' narrow sha256 $long "$leaf"
certify leaf-of-impostor 'Leaf of impostor' impostor sha256 $long "$leaf"
certify leaf-short 'Leaf of one year' root sha256 20200101000000Z 20210101000000Z "$leaf"

# A chain as --cert wants it, with its key in both forms, and encrypted.
cat leaf-of-middle.cert.pem middle.cert.pem >chain.pem
cp "$scratch/leaf-of-middle.key" chain.sec1.key.pem
openssl pkcs8 -topk8 -nocrypt -in chain.sec1.key.pem -out chain.key.pem
openssl pkcs8 -topk8 -passout pass:selvage -in chain.sec1.key.pem -out chain.encrypted.key.pem
openssl ecparam -name secp384r1 -genkey -noout -out p384.key.pem
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$scratch/rsa.key" -subj '/CN=RSA' -days 36500 -out rsa.cert.pem
chmod 644 ./*.key.pem
