/** What `--help` teaches by example; each line is run by a test. */
export const joinerStartExamples = `
Examples:
  Join whatever network expects this device, and keep its dataset in a file:
    $ selvage thread joiner start J01NME --eui64 18b4300000000002 --out joined.dataset

  By the text of the QR code on its label; the site is on that network then:
    $ selvage thread joiner start --qr 'v=1&&eui=18b4300000000003&&cc=J01NME' --keep --attach

  On one channel, for a program; the passphrase is the first line of a file:
    $ selvage thread joiner start --pskd-file device.pskd --eui64 18b4300000000004 --channels 15 --json
`;

export const joinerLabelExamples = `
Examples:
  The text of the QR code for a device's label:
    $ selvage thread joiner label J01NME --eui64 18b4300000000002

Exit codes: 0 all went well · 64 an option cannot be used
  65 the passphrase is none
`;

export const commissionExamples = `
Examples:
  Let one device in, by a border agent whose network has this dataset:
    $ selvage thread commission 18b4300000000002 J01NME --at 127.0.0.1:49191 --dataset home.dataset

  By the text of its QR code; the border agent by its name, and the passphrase
  of its commissioners in a file:
    $ selvage thread commission --qr 'v=1&&eui=18b4300000000003&&cc=J01NME' --name home --passphrase home.pass

  As a node of the network, without a border agent; whoever comes first:
    $ selvage thread commission any J01NME --dataset home.dataset

  By a one-time passcode in a file; only lamps of Acme, for five minutes:
    $ selvage thread commission 18b4300000000002 J01NME --at 127.0.0.1:49192 --passcode digits.txt --vendor Acme --model lamp --time 300
`;

export const admitExamples = `
Examples:
  Let all devices of a list in, at once:
    $ selvage thread admit devices.txt --at 127.0.0.1:49191 --dataset home.dataset

  From a program that prints the texts of their QR codes:
    $ selvage thread admit - --dataset home.dataset --json <labels.txt

A line of the list is an EUI-64, a discerner (0xabc/12) or any, and the
passphrase; or the text of a QR code. Empty lines, and those that begin with #,
are left out.
`;

export const statusExamples = `
Examples:
  Who lets devices into the network, and whether anybody may join:
    $ selvage thread commissioner status --dataset home.dataset
    $ selvage thread commissioner status --at 127.0.0.1:49191 --dataset home.dataset --json
`;

export const energyExamples = `
Examples:
  Which channel is quietest, as all nodes of the network hear it:
    $ selvage thread commissioner energy --at 127.0.0.1:49191 --dataset home.dataset

  Two channels, five times each, as the leader hears them:
    $ selvage thread commissioner energy leader --channels 15,20 --count 5 --dataset home.dataset --json

A node looks at one channel after the other, and stays in its network: it is
back for as long as it was away. What is measured is the strongest that was
heard, in dBm: the lower, the quieter.
`;

export const panIdExamples = `
Examples:
  Whether a PAN id is free, before the network moves to it:
    $ selvage thread commissioner panid beef --at 127.0.0.1:49191 --dataset home.dataset
    $ selvage thread dataset migrate --pan beef --at 127.0.0.1:49191 --dataset home.dataset

  On one channel, as the leader hears it:
    $ selvage thread commissioner panid beef leader --channels 20 --dataset home.dataset --json

Nobody answers for a PAN id that nobody uses.
`;

export const announceExamples = `
Examples:
  Call back who was left on channel 20 when the network moved away from it:
    $ selvage thread commissioner announce --channels 20 --count 10 --at 127.0.0.1:49191 --dataset home.dataset

  As the leader alone says it, on all channels:
    $ selvage thread commissioner announce leader --dataset home.dataset --json

Who hears it comes if its own dataset is older.
`;

export const diagnosisExamples = `
Examples:
  What all nodes say of themselves, from outside of the mesh:
    $ selvage thread commissioner diag --at 127.0.0.1:49191 --dataset home.dataset

  What the leader counted, for a program:
    $ selvage thread commissioner diag leader --types extended,macCounters --at 127.0.0.1:49191 --dataset home.dataset --json
`;

export const borderAgentExamples = `
Examples:
  Form the network of a dataset, and let commissioners in that know its PSKc:
    $ selvage thread border-agent home.dataset --form --listen 127.0.0.1:49191

  In a network that is there, known to everybody in the house by its name:
    $ selvage thread border-agent home.dataset --listen 0.0.0.0:49191 --name Hallway

It stays until Ctrl-C. Several commissioners may have sessions; one at a time
commissions, and the others are told who it is. Who shows a wrong PSKc has to
wait before the next try, longer each time. While it runs, thread share shows a
one-time passcode in this very node.

Exit codes: 0 all went well · 64 an option or the dataset cannot be used
  65 the dataset is damaged · 66 no such file · 69 radio or port cannot be used
  75 no parent in time
`;

export const shareExamples = `
Examples:
  Show nine digits, by which one commissioner gets in within two minutes:
    $ selvage thread share home.dataset --listen 127.0.0.1:49192

  For ten minutes, the digits for a program:
    $ selvage thread share home.dataset --listen 127.0.0.1:49192 --time 600 --json

A border agent of the network that runs on this host shows them in its own node;
where none does, this command is a node of the network itself.

The digits are good once: the agent is over with its session, after ten wrong
tries, or when its time is over. The last digit checks the others.

Exit codes: 0 all went well · 64 an option or the dataset cannot be used
  66 no such file · 69 radio or port cannot be used
  75 no parent, or nobody came, in time · 77 ten wrong passcodes were tried
`;

export const getExamples = `
Examples:
  The dataset that is in force in a network, asked of its border agent:
    $ selvage thread dataset get --at 127.0.0.1:49191 --dataset home.dataset

  The one that will be, as a node of the network:
    $ selvage thread dataset get --pending --dataset home.dataset --json
`;

export const applyExamples = `
Examples:
  Give a network a dataset that was changed by hand:
    $ selvage thread dataset apply next.dataset --at 127.0.0.1:49191 --dataset home.dataset
`;

export const rotateExamples = `
Examples:
  Another network key in 5 minutes, for all that are in the network by then:
    $ selvage thread dataset rotate-key --at 127.0.0.1:49191 --dataset home.dataset

The dataset that will be in force is on standard output. A leader takes no
shorter delay than 5 minutes for another key: sleepy devices have to hear of it.
Who is to be locked out must not hear of it: keep it off the air until then.
`;

export const migrateExamples = `
Examples:
  Move the network to channel 20 in half a minute:
    $ selvage thread dataset migrate --channel 20 --delay 30 --dataset home.dataset

  Another PAN id and another name, by the border agent:
    $ selvage thread dataset migrate --pan beef --rename House --at 127.0.0.1:49191 --dataset home.dataset
`;

export const commissioningExitCodes = `
Exit codes: 0 all went well · 64 an option cannot be used
  65 passphrase, passcode, QR code or dataset is none · 66 no such file
  69 it failed: the words say at which step and why; or no radio
  75 nobody answered, or not all joined, in time
`;
