/** What `--help` teaches by example; each line is run by a test. */
export const simExamples = `
Examples:
  A scenario as fast as it goes; on a terminal the mesh is drawn as it lives:
    $ selvage sim run star.yaml

  At 20 times real time, to look at:
    $ selvage sim run star.yaml --speed 20 --until 2m

  Another world from another seed, for a program, with every frame for Wireshark:
    $ selvage sim run star.yaml --seed 7 --json --pcap air.pcapng

The same scenario with the same seed puts the same bytes on the air: the last
line says which (air …). Scenarios to begin with: packages/sim/scenarios.

Exit codes: 0 all that was expected held · 1 something did not
  64 the scenario or an option is wrong: line, field and remedy are told
  66 no such file · 74 the capture cannot be written
`;
