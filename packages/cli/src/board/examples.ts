/** What `--help` teaches by example; each line was run. */
export const boardExamples = `
Examples:
  A light that boots, and, in another terminal, its owner:
    $ selvage board make hall light
    $ selvage board run hall
    $ selvage own light
`;

export const makeExamples = `
Examples:
  A light that boots, and, in another terminal, its owner
    $ selvage board make hall light
    $ selvage board run hall
    $ selvage own light

  A lock whose firmware you sign yourself, with a display for its PIN
    $ selvage firmware keygen -k maker.pem --no-passphrase --pub maker.pub.pem
    $ selvage firmware sign -k maker.pem -v 1.0.0 -s 1 --pad-header -S 0x100000 \\
        $(selvage board payload) first.img
    $ selvage board make door lock --image first.img --root maker.pub.pem --pin --no-just-works
`;

export const runExamples = `
Examples:
  Until Ctrl-C; Enter is the button
    $ selvage board run hall

  As one JSON object a line, for a program
    $ selvage board run hall --json
`;

export const showExamples = `
Examples:
  What is burnt into the chip, and what it would start
    $ selvage board show hall

  The same for a program
    $ selvage board show hall --json
`;

export const installExamples = `
Examples:
  The next version, tried at the next start
    $ selvage firmware sign -k maker.pem -v 1.1.0 -s 2 --pad-header -S 0x100000 \\
        $(selvage board payload) next.img
    $ selvage board install door next.img
    $ selvage board run door
`;

export const pressExamples = `
Examples:
  A board that came back from somebody who had owned it
    $ selvage board press hall
    $ selvage board run hall
`;

export const payloadExamples = `
Examples:
  An image of it, signed with a key of your own
    $ selvage firmware sign -k maker.pem -v 1.0.0 -s 1 --pad-header -S 0x100000 \\
        $(selvage board payload) first.img
`;

export const boardExitCodes = `
Exit codes: 0 all went well · 64 an option cannot be used, or there is a board
  already · 65 no image · 66 no board or file there · 69 no port · 74 the disk
  75 its power is on · 77 an image that is refused
`;
