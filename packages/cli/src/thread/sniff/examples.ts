/** What `--help` teaches by example; each line is run by a test. */
export const sniffExamples = `
Examples:
  Everything on the ether that OpenThread's simulated nodes share, one line a
  frame:
    $ selvage thread sniff

  What one network says, opened, and kept for Wireshark with the keys beside it:
    $ selvage thread sniff --keys home.dataset --write air.pcapng

  10 seconds of channel 15 on another ether (PORT_OFFSET=7), for a program:
    $ selvage thread sniff --radio ether:7 --channel 15 --seconds 10 --json

  A radio co-processor (at a serial port: spinel:/dev/ttyACM0):
    $ selvage thread sniff --radio 'spinel:ot-rcp 1' --channel 15

  Into Wireshark as it comes (… | wireshark -k -i -):
    $ selvage thread sniff --keys home.dataset --write -

Keys that --keys takes: a dataset as dataset active -x prints it, as it is or in
a file; in a file also a line of 32 hexadecimal digits (a network key), or kek
and 32 (the key of a joiner's session). May be repeated.

Exit codes: 0 ended as asked · 64 an option cannot be used
  66 no such file · 69 the radio cannot be used · 74 the file cannot be written
`;
