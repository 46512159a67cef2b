/** What `--help` teaches by example; each line was run. */
export const caExamples = `
Examples:
  An owner's authority, in .selvage/ca; a device whose key it certifies, and
  which is lost later:
    $ export SELVAGE_CA_PASSPHRASE='several words that nobody guesses'
    $ selvage ca init --name 'CN=My Site'
    $ selvage ca sign hub.csr --as identity --out hub.pem
    $ selvage ca revoke hub.pem --reason keyCompromise
    $ selvage ca show
`;

export const issueDeviceExamples = `
Examples:
    $ selvage ca issue device --name 'O=Lab,CN=lamp 0001' --key lamp.key --out lamp.pem
`;

export const issueIdentityExamples = `
Examples:
    $ selvage ca issue identity 62d8e00a-c631-481a-6960-4877df1c7190 --key hub.key --out hub.pem
`;

export const issueRoleExamples = `
Examples:
    $ selvage ca issue role hub.pem --role lab.admin:Lab --out hub-admin.pem
`;

export const issueAttestationExamples = `
Examples:
    $ selvage ca issue attestation lamp.pub.pem --name O=Lab --out lamp-attest.pem
`;

export const renewExamples = `
Examples:
  Another year for the same device and key:
    $ selvage ca renew hub.pem --days 365 --out hub-next.pem
`;

export const initExamples = `
Examples:
  A manufacturer: a root, best kept on a stick, and below it the authority that
  issues to devices every day
    $ selvage ca init --ca root --name 'O=Lab,CN=Lab Root' --passphrase-file root.pass
    $ selvage ca init --ca maker --name 'O=Lab,CN=Lab Device Authority' --passphrase-file maker.pass \\
        --issuer root --issuer-passphrase-file root.pass
    $ selvage ca issue device --ca maker --passphrase-file maker.pass --name 'O=Lab,CN=lamp 0001' \\
        --mud-url https://lab.example/lamp.json --key lamp.key --out lamp.pem

  An owner: a root that issues identities and roles to the devices of a site
    $ selvage ca init --ca site --name 'CN=My Site' --passphrase-file site.pass

  The passphrase can stand in SELVAGE_CA_PASSPHRASE instead of a file.
`;

export const issueExamples = `
Examples:
  A certificate for a device, with a new key, as its manufacturer makes it:
    $ selvage ca issue device --name 'O=Lab,CN=lamp 0001' --key lamp.key --out lamp.pem

  An identity for a device of an owner, then a role for the same device:
    $ selvage ca issue identity 62d8e00a-c631-481a-6960-4877df1c7190 --key hub.key --out hub.pem
    $ selvage ca issue role hub.pem --role lab.admin:Lab --out hub-admin.pem

  For the key that a device attests with, which never leaves its vault:
    $ selvage ca issue attestation lamp.pub.pem --name O=Lab --out lamp-attest.pem

  A device that has a key of its own sends a request instead: see selvage ca
  sign --help
`;

export const signExamples = `
Examples:
  An identity for the device that made the request (its common name is uuid:
  and the UUID):
    $ openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -sha256 \\
        -subj /CN=uuid:62d8e00a-c631-481a-6960-4877df1c7190 -keyout hub.key -out hub.csr
    $ selvage ca sign hub.csr --as identity --out hub.pem

  A role, from standard input to standard output:
    $ selvage ca sign - --as role --role lab.user <hub.csr >hub-user.pem

  A manufacturer's certificate with its MUD URL:
    $ selvage ca sign lamp.csr --as device --name 'O=Lab,CN=lamp 0001' --mud-url https://lab.example/lamp.json
`;

export const revokeExamples = `
Examples:
  A device was lost:
    $ selvage ca revoke hub.pem --reason keyCompromise
    $ openssl verify -CAfile site/certificate.pem -crl_check -CRLfile site/list.pem hub.pem

  The list grows old, though nothing was revoked:
    $ selvage ca revoke --list-days 7
`;

export const showExamples = `
Examples:
  The authority and all that it issued, those that end first in front:
    $ selvage ca show

  One certificate, by its serial number; and what is in a file of any kind:
    $ selvage ca show 42d743cea57b7dbee45f4b9f3165f8d2
    $ selvage ca show hub.csr
`;

export const caExitCodes = `
Exit codes: 0 all went well · 64 an option cannot be used, or there is one
  already · 65 a file or value is bad · 66 no such file, authority or
  certificate · 71 no randomness · 74 the disk · 77 a key that others can read,
  or a certificate or request that is refused
`;
