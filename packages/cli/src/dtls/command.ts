import { type Command, Option } from 'commander';
import type { Surface } from '../terminal/surface.js';
import { type ClientOptions, runClient } from './client.js';
import { clientExamples, dtlsExamples, exitCodes, serverExamples } from './examples.js';
import { addDtlsOptions, wholeNumber } from './options.js';
import { runServer, type ServerOptions } from './server.js';

/** `selvage dtls client` and `selvage dtls server`. */
export function addDtlsCommand(program: Command, surface: Surface, finish: (exitCode: number) => void): void {
  const dtls = program
    .command('dtls')
    .summary('a DTLS 1.2 client and server, like openssl s_client and s_server')
    .description('DTLS 1.2 by hand: open a session, send lines, see what passes.')
    .addHelpText('after', dtlsExamples);
  addClient(dtls, surface, finish);
  addServer(dtls, surface, finish);
}

function addClient(dtls: Command, surface: Surface, finish: (exitCode: number) => void): void {
  const client = dtls
    .command('client')
    .summary('connect to a server')
    .description(
      'Opens a session, sends standard input and prints what comes. What else there is to say goes to standard error.',
    )
    .argument('<host:port>', 'the server; without a port, 5684');
  addDtlsOptions(client)
    .optionsGroup('Client only:')
    .addOption(
      new Option('--max-fragment-length <bytes>', 'ask the server for smaller records (RFC 6066)').choices([
        '512',
        '1024',
        '2048',
        '4096',
      ]),
    )
    .option('--save-session <file>', 'keep the session for --resume; the file holds its master secret')
    .option('--resume <file>', 'resume a session that --save-session kept')
    .option('--linger <ms>', 'how long to listen after the input ended', wholeNumber(0, 3_600_000), 1000)
    .addHelpText('after', `${clientExamples}${exitCodes}`)
    .action(async (target: string, options: ClientOptions) => finish(await runClient(surface, target, options)));
}

function addServer(dtls: Command, surface: Surface, finish: (exitCode: number) => void): void {
  const server = dtls
    .command('server')
    .summary('take clients')
    .description(
      'Takes any number of clients, prints what comes from each and sends standard input to all. A client costs nothing before it has brought its cookie back.',
    );
  addDtlsOptions(server)
    .optionsGroup('Server only:')
    .option('--listen <host:port>', 'where; port 0 lets the system choose', '127.0.0.1:5684')
    .option('--psk-hint <text>', 'the identity hint to send: text, or hex: and digits')
    .addOption(
      new Option(
        '--client-auth <when>',
        'certificates of clients (default: require with --ca or --peer-certificate)',
      ).choices(['none', 'request', 'require']),
    )
    .option('--echo', 'send back what comes, instead of standard input')
    .option('--once', 'end when the first client has gone, with 0 or the code of its failure')
    .addHelpText('after', `${serverExamples}${exitCodes}`)
    .action(async (options: ServerOptions) => finish(await runServer(surface, options)));
}
