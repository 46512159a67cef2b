#!/usr/bin/env bash
# Makes the *.jsonl beside it from captures of other implementations: the DTLS datagrams, the key log, and where EC-JPAKE
# was logged, both sides' scalars. tshark puts 6LoWPAN fragments together and leaves repeated frames out.
#
#   ./export.sh <folder of captures, with ocf/ and thread/>
set -euo pipefail
captures=$(realpath "$1")
cd "$(dirname "$0")"

# A DTLS record starts with its content type: 20 to 25.
dtls='udp.payload[0] >= 14 && udp.payload[0] <= 19'

datagrams() {
  tshark -r "$1" -o 'wpan.fcs_format:ITU-T CRC-16' -Y "$2" -T fields -E separator=' ' \
    -e ipv6.src -e udp.srcport -e ipv6.dst -e udp.dstport -e udp.payload 2>/dev/null |
    awk '{ printf "{\"kind\":\"datagram\",\"from\":\"[%s]:%s\",\"to\":\"[%s]:%s\",\"payload\":\"%s\"}\n", $1, $2, $3, $4, $5 }'
}

key_log() {
  awk '!seen[$0]++ { printf "{\"kind\":\"key-log\",\"line\":\"%s\"}\n", $0 }' "$1"
}

for name in a02-otm-justworks a03-provision-ace-authcrypt-wildcard b01-otm-random-pin b02-after-pin-provision-ace \
  b03-otm-random-pin-wrong c01-otm-mfg-cert c02-after-cert-provision-ace c90-otm-mfg-cert-expired \
  d02-client-get-cert-with-role-assertion l01-otm-mfg-cert-broken-ske-signature-accepted; do
  {
    datagrams "$captures/ocf/$name.pcap" "$dtls"
    key_log "$captures/ocf/$name.keylog"
  } >"ocf-$name.jsonl"
done

for name in 01-native-commissioning 02-relay-and-wrong-pskd 03-external-commissioner; do
  {
    datagrams "$captures/thread/$name/ether.pcap" "udp.port == 1000 && $dtls"
    [ ! -e "$captures/thread/$name/lo.pcap" ] || datagrams "$captures/thread/$name/lo.pcap" "$dtls"
    key_log "$captures/thread/$name/sslkeys.log"
    jq -c 'if .ev == "ecjpake" then {kind: "exchange", role, password: .s, x1: .xm1, x2: .xm2, peerX1: .Xp1, premaster}
      else {kind: "keys", clientRandom, serverRandom, masterSecret, keyBlock: .keyBlock40} end' \
      "$captures/thread/$name/ecjpake.jsonl"
  } >"openthread-$name.jsonl"
done
