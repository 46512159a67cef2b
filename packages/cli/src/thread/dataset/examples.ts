/** What `--help` teaches by example; each line is run by a test. */
export const newExamples = `
Examples:
  A network of our own, its PSKc from a passphrase in a file:
    $ selvage thread dataset new --name Home --passphrase-file home.pass

  The same on a given channel, for a node's console (dataset set active <hex>):
    $ selvage thread dataset new --name Home --channel 15 --json
`;

export const showExamples = `
Examples:
  What a dataset says, its keys left out:
    $ selvage thread dataset show home.dataset

  With them, of what an OpenThread node's dataset active -x printed:
    $ selvage thread dataset show - --secrets <printed.txt
    $ selvage thread dataset show 000300000f0102face03044c6f6674 --json
`;

export const setExamples = `
Examples:
  Another name: the PSKc is derived anew, and the timestamp says it is newer
    $ selvage thread dataset set home.dataset --name House --timestamp 2 --passphrase-file home.pass

  A pending dataset that moves the network to channel 20 in 5 minutes:
    $ selvage thread dataset set home.dataset --channel 20 --timestamp 3 --pending-timestamp 3 --delay 300

  Longer use of one key sequence; thread dataset apply gives it to the network:
    $ selvage thread dataset set home.dataset --rotation 720 --timestamp 2

  A new network key; a field less:
    $ selvage thread dataset set home.dataset --new-network-key --timestamp 4 --without channelMask
`;

export const pskcExamples = `
Examples:
  Of a dataset's name and extended PAN id:
    $ selvage thread dataset pskc home.dataset --passphrase-file home.pass

  Of a network that is only known by them, as OpenThread's pskc tool takes them:
    $ selvage thread dataset pskc --name 'Test Network' --ext-pan 0001020304050607 --passphrase-file home.pass
`;

export const datasetExitCodes = `
Exit codes: 0 all went well · 64 an option or the dataset cannot be used
  65 the dataset is damaged · 66 no such file · 71 no randomness
`;
