/** What `--help` teaches by example; each line was run. */
export const vaultExamples = `
Examples:
  A key that signs firmware, and its public half for whoever verifies:
    $ selvage vault generate firmware-root
    $ selvage vault public firmware-root --out firmware-root.pub.pem
    $ selvage vault show
`;

export const generateExamples = `
Examples:
  A key that signs firmware; selvage firmware sign --key vault:firmware-root
  then uses it:
    $ selvage vault generate firmware-root

  One of another kind:
    $ selvage vault generate release --type ed25519

  The first key makes the vault, and the passphrase that is set then locks it
  from then on. Without one, whoever copies the folder has its keys.
`;

export const importExamples = `
Examples:
  A key that was in a file until now; wipe that file when the vault has it:
    $ selvage vault import site-ca --key ca.key.pem
`;

export const publicExamples = `
Examples:
  The public key, for whoever verifies:
    $ selvage vault public firmware-root
    $ selvage vault public firmware-root --out firmware-root.pub.pem
`;

export const destroyExamples = `
Examples:
  What was signed stays signed, and nothing can be signed any more:
    $ selvage vault destroy release --yes
`;

export const showExamples = `
Examples:
    $ selvage vault show
    $ selvage vault show --json
`;

export const vaultExitCodes = `
Exit codes: 0 all went well · 64 an option cannot be used, there is such a key
  already, or it was not confirmed · 65 a passphrase or key is wrong
  66 no such vault, key or file · 69 the vault ended · 71 no randomness
  74 the disk, or an old copy of the store was put back
  75 another process has the vault
`;
