/** What `--help` teaches by example; each line is run by a test. */
export const scanExamples = `
Examples:
  Who is in range, on all channels:
    $ selvage thread scan

  On two channels of another ether, for a program:
    $ selvage thread scan --radio ether:7 --channels 15,20 --json

Exit codes: 0 also where nobody answered · 64 an option cannot be used
  69 the radio cannot be used
`;

export const attachExamples = `
Examples:
  Be a child of the network until Ctrl-C:
    $ selvage thread attach home.dataset

  A full device, which becomes a router within two minutes where there are few:
    $ selvage thread attach home.dataset --router

  A sleepy one, by a radio co-processor:
    $ selvage thread attach home.dataset --sleepy --radio 'spinel:ot-rcp 1'
`;

export const statusExamples = `
Examples:
  Attach, and show place, addresses and prefixes:
    $ selvage thread status home.dataset
    $ selvage thread status home.dataset --json
`;

export const pingExamples = `
Examples:
  Four pings of 1200 bytes:
    $ selvage thread ping home.dataset fdc0:de00::ff:fe00:fc00 --size 1200
`;

export const udpExamples = `
Examples:
  Send one datagram, and show what comes back within 2 seconds:
    $ selvage thread udp home.dataset fdc0:de00::ff:fe00:fc00 5683 hello --wait 2

  Show what comes to a port, until Ctrl-C:
    $ selvage thread udp home.dataset --listen 4000
`;

export const nodeExitCodes = `
The dataset is hexadecimal as dataset active -x prints it, a file that holds it,
or - for standard input. Each run is a node of its own, which the network
forgets.

Exit codes: 0 all went well · 64 an option or the dataset cannot be used
  65 the dataset is damaged · 66 no such file · 69 the radio cannot be used
  75 no parent, or no answer, in time
`;
