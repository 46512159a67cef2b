/** What `--help` teaches by example. Each command line was run against the other side that it names. */
export const dtlsExamples = `
Examples:
  A server that sends back what comes, and its client in a second terminal:
    $ SELVAGE_PASSPHRASE=J01NME selvage dtls server --echo --trace
    $ SELVAGE_PASSPHRASE=J01NME selvage dtls client 127.0.0.1:5684
`;

export const clientExamples = `
Examples:
  A passphrase (EC-JPAKE), read from a file so that it does not stand in the
  process list:
    $ selvage dtls client lamp.local:5684 --passphrase-file pskd.txt --trace

  A pre-shared key, against OpenSSL:
    $ openssl s_server -dtls1_2 -accept 5684 -nocert -psk 00112233445566778899aabbccddeeff \\
        -cipher PSK-AES128-CCM8:@SECLEVEL=0
    $ selvage dtls client localhost:5684 --psk 00112233445566778899aabbccddeeff

  Certificates on both sides:
    $ selvage dtls client gateway.local --cert me.pem --key me.key --ca site-ca.pem

  A server whose certificate you only know by its hash:
    $ selvage dtls client gateway.local --peer-certificate sha256:5f2b…

  Resume, and see in Wireshark what is inside (never outside a laboratory):
    $ selvage dtls client localhost --psk 00112233 --save-session s.json </dev/null
    $ selvage dtls client localhost --psk 00112233 --resume s.json --pcap p.pcap --keylog k.log
    $ wireshark -o tls.keylog_file:k.log p.pcap
`;

export const serverExamples = `
Examples:
  A passphrase (EC-JPAKE):
    $ SELVAGE_PASSPHRASE=J01NME selvage dtls server --listen '[::]:5684'

  A pre-shared key, for OpenSSL:
    $ selvage dtls server --psk 00112233445566778899aabbccddeeff --echo
    $ openssl s_client -dtls1_2 -connect 127.0.0.1:5684 -psk 00112233445566778899aabbccddeeff \\
        -cipher ECDHE-PSK-AES128-CBC-SHA256

  Certificates on both sides, for OpenSSL:
    $ selvage dtls server --cert gateway.pem --key gateway.key --ca site-ca.pem
    $ openssl s_client -dtls1_2 -connect 127.0.0.1:5684 -cert me.pem -key me.key -CAfile site-ca.pem

  Nobody authenticated, as OCF's Just Works begins:
    $ selvage dtls server --anonymous --trace
`;

export const exitCodes = `
Exit codes: 0 all went well · 64 an option cannot be used
  65 a file or value is bad · 66 no such file · 69 something is not available
  75 nobody answered in time · 76 the peer broke the protocol or refused
  77 the peer was refused · 130 interrupted
`;
