/** What `--help` teaches by example; each line is run by a test. */
export const formExamples = `
Examples:
  Make a dataset, and form its network on OpenThread's simulated ether:
    $ selvage thread dataset new --name home --channel 15 > home.dataset
    $ selvage thread form home.dataset

  By a radio co-processor, for a program:
    $ selvage thread form home.dataset --radio 'spinel:ot-rcp 1' --json

It leads at once, without asking whether somebody does: two that form the same
network make two partitions, which join where they hear each other. It stays
until Ctrl-C; the network goes on without it once another router is there.
`;

export const topologyExamples = `
Examples:
  Draw the mesh, and draw it anew as it changes, until Ctrl-C:
    $ selvage thread topology home.dataset

  Once, into a file:
    $ selvage thread topology home.dataset --once > mesh.txt

  For a program, each ten seconds:
    $ selvage thread topology home.dataset --json --every 10

The tree is the cheapest way from each router to the leader; beside a router
stand its links that are not of the tree. A link has the quality, 3 to 1, of
the worse of its directions. Nodes are asked by Network Diagnostics: one that
does not answer is known from what the others say of it.
`;

export const diagExamples = `
Examples:
  What every node says of itself:
    $ selvage thread diag home.dataset

  What the leader's children are, with all that it knows of them:
    $ selvage thread diag home.dataset fdc0:de00::ff:fe00:fc00 --types child,childAddresses

  Have a node count its frames anew:
    $ selvage thread diag home.dataset fdc0:de00::ff:fe00:fc00 --reset
`;

export const netdataExamples = `
Examples:
  The prefixes, routes and services of the mesh, with their flags spelled out:
    $ selvage thread netdata home.dataset
    $ selvage thread netdata home.dataset --json
`;

export const rotateKeyExamples = `
Examples:
  Move the mesh to its next key sequence:
    $ selvage thread rotate-key home.dataset

What it does: the parent of this node, and then router by router the mesh,
derive the keys of the next key sequence and send under them; frame counters
begin anew. A mesh does it by itself, each 28 days as a rule. For most of that
time after such a switch a router does not follow a neighbour: its guard time,
in which only who attaches to it can move it, as this command does at its
parent.

What it does not do: the network key stays. Who has it, has all keys, old and
new. To lock somebody out, all that stay move to another network key together:
    $ selvage thread dataset set home.dataset --new-network-key --timestamp 2 --pending-timestamp 2 --delay 300 > next.dataset
and hand the pending dataset to the leader, by thread dataset apply; or do both
at once, by thread dataset rotate-key.
`;
