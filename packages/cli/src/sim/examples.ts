/** What `--help` teaches by example; each line is run by a test. */
export const worldExamples = `
Examples:
  In a clone, two partitions that meet, and what chaos does to a small mesh:
    $ selvage sim run packages/sim/scenarios/two-partitions.yaml --speed 60
    $ selvage sim chaos --seeds 3 --nodes 12 --hours 1
`;

export const simExamples = `
Examples:
  A scenario as fast as it goes; on a terminal the mesh is drawn as it lives:
    $ selvage sim run star.yaml

  At 20 times real time, to look at:
    $ selvage sim run star.yaml --speed 20 --until 2m

  Another world from another seed, for a program, with all frames for Wireshark:
    $ selvage sim run star.yaml --seed 7 --json --pcap air.pcapng

  What each node would have drawn from a battery, by a table of a real chip:
    $ selvage sim run star.yaml --until 5m --energy

Devices that hold only a passphrase join (does: join) where a commissioner lets
them in (commission, admit, reject), and it is told who joined, and why others
did not: packages/sim/scenarios/commissioning.yaml.

The same scenario with the same seed puts the same bytes on the air: the last
line says which (air …). Scenarios to begin with: packages/sim/scenarios.

Exit codes: 0 all that was expected held · 1 something did not
  64 the scenario or an option is wrong: line, field and remedy are told
  66 no such file · 74 the capture cannot be written
`;

export const chaosExamples = `
Examples:
  Three small worlds, an hour each:
    $ selvage sim chaos --seeds 3 --nodes 12 --hours 1

  One that failed, as a scenario to look at and to reduce:
    $ selvage sim chaos --seed 7 --nodes 12 --hours 1 --write chaos-7.yaml
    $ selvage sim run chaos-7.yaml --until 20m

After each storm all that is switched on must be one partition again, pairs
drawn from the seed must reach each other, no frame counter may have been used
twice, and memory must be flat.

Exit codes: 0 all of it held · 1 something did not: the line has the command
  that replays it · 64 an option cannot be used
  74 the file cannot be written
`;
