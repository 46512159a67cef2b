/** What `--help` teaches by example; each line was run. */
export const firmwareExamples = `
Examples:
  A key, an image that it signed, and what a device would make of it:
    $ selvage firmware keygen -k maker.pem --no-passphrase --pub maker.pub.pem
    $ selvage firmware sign -k maker.pem -v 1.0.0 -s 1 --pad-header -S 0x100000 \\
        $(selvage board payload) first.img
    $ selvage firmware verify --key maker.pub.pem first.img
    $ selvage firmware inspect first.img
`;

export const keygenExamples = `
Examples:
  A key of P-256 in an encrypted file, and its public key for devices
    $ selvage firmware keygen --key maker.pem --pub maker.pub.pem --passphrase-file maker.pass

  One that imgtool reads without asking, for tests
    $ selvage firmware keygen -t ed25519 -k test.pem --no-passphrase --pub test.pub.pem

  A key that never leaves a token
    $ selvage firmware keygen -k 'pkcs11:token=maker;object=firmware' --pub maker.pub.pem
`;

export const signExamples = `
Examples:
  An image for a slot of 256 KiB
    $ selvage firmware sign -k maker.pem --passphrase-file maker.pass -v 1.2.3 -s 7 --pad-header \\
        -S 0x40000 firmware.bin firmware.img

  The whole slot, to be tried once after a swap; encrypted to the devices' key
    $ selvage firmware sign -k maker.pem -v 1.2.4 -s 7 --pad-header -S 0x40000 --test \\
        -E devices.pub.pem firmware.bin slot.img

  Signed by a key that never meets this machine: what is to be signed goes to
  OpenSSL elsewhere, and the signature comes back
    $ selvage firmware sign --vector-to-sign payload -v 1.2.3 --pad-header firmware.bin vector.bin
    $ openssl dgst -sha256 -sign maker.pem -passin file:maker.pass vector.bin \\
        | base64 -w0 >sig.b64
    $ selvage firmware fix-sig --sig sig.b64 --pubkey maker.pub.pem vector.bin firmware.img
`;

export const verifyExamples = `
Examples:
  Whether a device that trusts this key starts the image
    $ selvage firmware verify --key maker.pub.pem firmware.img

  The same for one whose stored security counter is 7; an encrypted image
    $ selvage firmware verify --key maker.pub.pem --minimum-counter 7 \\
        --decrypt devices.pem slot.img
`;

export const inspectExamples = `
Examples:
  What is in an image, byte by byte
    $ selvage firmware inspect firmware.img

  The same as one JSON object, for a script
    $ selvage firmware inspect --json firmware.img
`;

export const fixSigExamples = `
Examples:
  What sign --vector-to-sign payload wrote, signed elsewhere, becomes an image
    $ selvage firmware fix-sig --sig sig.b64 --pubkey maker.pub.pem vector.bin firmware.img
`;

export const firmwareExitCodes = `
Exit codes: 0 all went well · 64 an option cannot be used · 65 no image, or a
  key that does not open · 66 no such file or key · 69 a token or vault fails
  74 the disk · 77 an image that is refused, or a key file that others can read
`;
