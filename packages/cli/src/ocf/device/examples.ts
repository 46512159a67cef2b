/** What `--help` teaches by example; each line was run. */
export const deviceExamples = `
Examples:
  A light that anybody on this host can own; and, in another terminal, how:
    $ selvage device run light
    $ selvage own --all

  Three locks that show a PIN, and can be reset as by a button:
    $ selvage device run lock --count 3 --name door --pin --no-just-works --button

  A thermostat with the certificate of a manufacturer of your own:
    $ selvage ca init --ca maker --name 'O=Lab,CN=Lab Root' --passphrase-file maker.pass
    $ mkdir hall
    $ selvage ca issue device --ca maker --passphrase-file maker.pass --name 'O=Lab,CN=hall' \\
        --key hall/key.pem --out hall/chain.pem
    $ selvage device run thermostat --name hall --manufacturer hall
    $ selvage own hall --trust maker/certificate.pem

  The same with the manufacturer of this host's devices:
    $ selvage device run thermostat --name attic --manufacturer demo
    $ selvage own attic --trust .selvage/manufacturer/root.pem

  On the mesh of the site that npm start -- --stay keeps up:
    $ selvage device run light --name lamp --site .selvage/demo/site

  On a real network, IPv6 included:
    $ selvage device run sensor --interface eth0

  In a world of its own on this host, by another port of the groups than 5683:
    $ selvage device run light --name other --interface loopback:7683
    $ selvage discover --interface loopback:7683

Exit codes: 0 ended by Ctrl-C · 64 an option cannot be used · 66 no such file
  69 no port · 74 the disk · 75 another process runs the same devices
  77 a key that others can read
`;
