/** What `--help` teaches by example; each line was run. */
export const attestExamples = `
Examples:
    $ selvage attest show lamp.token
    $ selvage attest verify lamp.token --key lamp.pub.pem \\
        --nonce a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1
`;

export const verifyExamples = `
Examples:
  A token of a device whose manufacturer is trusted, against what it should be:
    $ selvage attest verify lamp.token --trust root.pem --reference lamp.json \\
        --nonce a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1

  One of a device whose own key was noted:
    $ selvage attest verify lamp.token --key lamp.pub.pem \\
        --nonce a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1

  The reference values, in hexadecimal; a signer is the hash of a root key of
  the boot ROM, as selvage firmware inspect shows it. PRoT is the secure world,
  APP the firmware; a part that is not listed is refused:
    { "implementations": ["1111…"], "lifeCycles": ["secured"],
      "isolations": ["namespaces"],
      "components": [{ "type": "PRoT", "signers": ["0000…"] },
                     { "type": "APP", "signers": ["5151…"],
                       "minimumVersion": "1.2.0" }] }
`;

export const showExamples = `
Examples:
    $ selvage attest show lamp.token
    $ selvage attest show lamp.token --json
`;

export const attestExitCodes = `
Exit codes: 0 all went well · 64 an option cannot be used
  65 a file or value is bad · 66 no such file · 77 the token is refused
`;
