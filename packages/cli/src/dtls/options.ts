import { type Command, InvalidArgumentError, Option } from 'commander';
import { type CipherSuiteName, cipherSuites } from '@selvage/dtls';

/** What `dtls client` and `dtls server` have in common, as commander gives it. */
export interface DtlsOptions {
  readonly passphrase?: string;
  readonly passphraseFile?: string;
  readonly psk?: string;
  readonly identity: string;
  readonly cert?: string;
  readonly key?: string;
  readonly ca?: string;
  readonly peerCertificate?: readonly string[];
  readonly anonymous?: boolean;
  readonly suite?: readonly CipherSuiteName[];
  readonly mtu?: number;
  readonly cid?: number;
  readonly retransmission: number;
  readonly grace?: number;
  readonly timeout: number;
  readonly keylog?: string;
  readonly pcap?: string;
  readonly trace?: boolean;
  readonly json?: boolean;
}

/** Room for a record of a useful size; what UDP over IPv4 carries. */
const [leastMtu, mostMtu] = [128, 65_507];
const longestConnectionId = 32;
const usualConnectionId = 8;

/** Adds those options to a command, in groups. */
export function addDtlsOptions(command: Command): Command {
  addModes(command);
  addSession(command);
  return addRecords(command);
}

function addModes(command: Command): void {
  command
    .optionsGroup('Who is who (choose at least one):')
    .option('--passphrase <text>', 'EC-JPAKE with this passphrase; safer from a file or from SELVAGE_PASSPHRASE')
    .option('--passphrase-file <file>', 'EC-JPAKE with the passphrase that is the first line of a file')
    .option('--psk <hex>', 'a pre-shared key; safer from SELVAGE_PSK')
    .option('--identity <text>', 'the identity of the pre-shared key: text, or hex: and digits', 'Client_identity')
    .option('--cert <file>', 'our certificate and its issuers, PEM, ours first')
    .option(
      '--key <file>',
      'the private key of our certificate, PEM or DER; SELVAGE_KEY_PASSPHRASE opens an encrypted one',
    )
    .option(
      '--ca <file>',
      'authorities to trust, PEM. Chains are judged by RFC 5280, without names and revocation lists',
    )
    .option('--peer-certificate <sha256:hex>', 'trust exactly the certificate with this hash (may be repeated)', gather)
    .option('--anonymous', 'nobody is authenticated: against listeners only, not against anybody in between');
}

function addSession(command: Command): void {
  command
    .optionsGroup('The session:')
    .option('--suite <name>', 'a cipher suite, in order of preference (may be repeated)', gatherSuite)
    .option('--mtu <bytes>', 'the largest datagram to send', wholeNumber(leastMtu, mostMtu))
    .addOption(
      new Option('--cid [bytes]', 'connection IDs (RFC 9146); 0 lets only the peer have one')
        .preset(`${usualConnectionId}`)
        .argParser(wholeNumber(0, longestConnectionId)),
    )
    .option('--retransmission <ms>', 'the first wait before a flight is sent again', wholeNumber(1, 600_000), 1000)
    .option(
      '--grace <ms>',
      'how long a doubtful handshake may be cleared up (default: the first wait)',
      wholeNumber(0, 600_000),
    )
    .option('--timeout <ms>', 'how long a handshake may take', wholeNumber(1, 3_600_000), 30_000);
}

function addRecords(command: Command): Command {
  return command
    .optionsGroup('What is shown and kept:')
    .option('--trace', 'decode each message as it passes')
    .option('--json', 'one JSON object a line on standard output, data included')
    .option('--pcap <file>', 'keep the datagrams, as Wireshark opens them')
    .option('--keylog <file>', 'DANGER: keep the keys, as Wireshark reads them; whoever has them reads the sessions');
}

/** Reads a whole number between two limits, or says which. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`);
  };
}

function gather(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

function gatherSuite(name: string, before: readonly CipherSuiteName[] = []): readonly CipherSuiteName[] {
  if (Object.hasOwn(cipherSuites, name)) return [...before, name as CipherSuiteName];
  throw new InvalidArgumentError(`The suites are:\n  ${Object.keys(cipherSuites).join('\n  ')}`);
}
