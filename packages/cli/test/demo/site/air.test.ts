/** The whole show over the air: what it claims, and what somebody sees who listens. */
import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { hopsBetween } from '../../../src/demo/site/mesh/hops.js';
import type { MeshPicture } from '../../../src/terminal/mesh/mesh-picture.js';
import { scratchFolder } from '../../support/scratch.js';
import { TestSurface } from '../../support/test-surface.js';

const file = scratchFolder();

interface Place {
  readonly name: string;
  readonly role: string;
  readonly sleepy: boolean;
  readonly rloc16: number;
  readonly address: string;
}

interface Mesh {
  readonly border: { readonly rloc16: number; readonly address: string };
  readonly nodes: readonly Place[];
  readonly picture: MeshPicture;
}

describe('selvage demo, on the air', () => {
  const surface = new TestSurface();
  let exit: number;
  beforeAll(async () => {
    exit = await surface.run('demo', '--json', '--state', file('air'));
  });

  function told<T>(kind: string): T[] {
    return surface.events.filter(({ event }) => event === kind) as T[];
  }

  it('observes everything it claims, and exits 0', () => {
    expect(told<{ observed: boolean }>('expectation').filter(({ observed }) => !observed)).toEqual([]);
    expect(surface.events.at(-1)).toMatchObject({ event: 'end', ok: true, missed: [] });
    expect(surface.stdout.text).not.toContain('\\n');
    expect(surface.stderr.text).toBe('');
    expect(exit).toBe(0);
  });

  it('is joined by eight devices, each by its passphrase through a router near it, and by three others not', () => {
    const joined = told<{ name: string; eui64: string; by: string }>('joined');
    const by = Object.fromEntries(joined.map((row) => [row.name, row.by]));
    expect(by).toMatchObject({
      'hall-light': 'border node',
      thermostat: 'border node',
      'hall-switch': 'hall-light',
      'front-door': 'hall-light',
      'hall-sensor': 'hall-light',
      'attic-switch': 'attic-light',
    });
    expect(joined).toHaveLength(8);
    expect(new Set(joined.map(({ eui64 }) => eui64)).size).toBe(8);
    const refused = told<{ name: string; failure: string; message: string; atCommissioner?: string }>('not-joined');
    const why = Object.fromEntries(refused.map(({ name, failure }) => [name, failure]));
    expect(why).toEqual({
      'balcony-light': 'wrong-pskd',
      'next-door': 'not-in-steering-data',
      'no-name-plug': 'finalisation-rejected',
    });
    const plug = refused.find(({ name }) => name === 'no-name-plug');
    expect(plug?.message).toBe('JOIN_FIN was rejected (by the commissioner)');
    expect(plug?.atCommissioner).toContain('its vendor is "No Name Trading", not "Selvage Demo"');
    // How far each is was told while it went on, and its passphrase never.
    const steps = new Set(told<{ step: string }>('joining').map(({ step }) => step));
    expect([...steps]).toEqual(expect.arrayContaining(['handshake', 'finalisation', 'entrust']));
    expect(surface.stdout.text).not.toMatch(/cc=/);
  });

  it('has its network key and its key sequence rotated while requests flow, none of which is lost', () => {
    const facts = told<{ label: string; text: string }>('fact');
    for (const when of ['before', 'network key', 'key sequence', 'after']) {
      const text = facts.find(({ label }) => label === when)?.text;
      const [, sent = '0', answered = '', lost = ''] =
        /^(\d+) requests, (\d+) answered, (\d+) lost$/.exec(text ?? '') ?? [];
      expect([when, Number(sent) > 0, answered, lost]).toEqual([when, true, sent, '0']);
    }
  });

  it('is a mesh of several hops: three routers beside the border node, and children, two of them asleep', () => {
    const [{ border, nodes, picture } = { border: undefined, nodes: [], picture: { partitions: [] } }] =
      told<Mesh>('mesh');
    expect(nodes).toHaveLength(8);
    expect(nodes.filter(({ sleepy }) => sleepy).map(({ name }) => name)).toEqual(['hall-sensor', 'cellar-sensor']);
    const routers = nodes.filter(({ role }) => role === 'router');
    expect(routers.map(({ name }) => name)).toEqual(['hall-light', 'attic-light', 'thermostat']);
    const parents = new Set([border?.rloc16, ...routers.map(({ rloc16 }) => rloc16)]);
    expect(nodes.every(({ rloc16 }) => parents.has(rloc16 & 0xfc00))).toBe(true);
    expect(picture.partitions.map(({ routers: drawn }) => drawn.map(({ label }) => label).sort())).toEqual([
      ['attic-light', 'border node', 'hall-light', 'thermostat'],
    ]);
    expect(hopsBetween(picture, 'border node', 'attic-switch')).toBe(3);
    expect(hopsBetween(picture, 'hall-switch', 'attic-switch')).toBe(3);
  });

  it('is drawn as it grows: its border node alone, then more in each picture, in the end all', () => {
    const pictures = [...told<{ picture: MeshPicture }>('forming'), ...told<Mesh>('mesh')];
    const sizes = pictures.map(({ picture }) => namesIn(picture).length);
    const greater = sizes.filter((size, at) => sizes.slice(0, at).every((before) => before < size));
    expect(greater[0]).toBe(1);
    // Who hears no router but one that has yet to become that joins seconds after it, and is not in its picture.
    expect(greater.length).toBeGreaterThanOrEqual(3);
    expect(greater.at(-1)).toBe(9);
    // They are told while the boards are let in, not after that.
    const kinds = surface.events.map(({ event }) => event);
    expect(kinds.indexOf('forming', kinds.indexOf('forming') + 1)).toBeLessThan(kinds.lastIndexOf('joined'));
  });

  it('is drawn once more without the router that is off', () => {
    const [{ picture } = { picture: { partitions: [] } }] = told<{ picture: MeshPicture }>('topology');
    expect(hopsBetween(picture, 'border node', 'cellar-sensor')).toBeDefined();
    const requests = told<{ from: string; isRefused: boolean }>('request').filter(({ from }) => from === 'owner');
    expect(requests.filter(({ isRefused }) => isRefused)).toEqual([]);
    expect(requests).toHaveLength(8);
  });

  it('finds all at their mesh-local addresses, by asking the realm', () => {
    expect(told<{ group: string }>('looking').map(({ group }) => group)).toEqual(['[ff03::158]:5683']);
    const [{ devices } = { devices: [] }] = told<{ devices: { name: string; address: string }[] }>('found');
    const [{ nodes } = { nodes: [] }] = told<Mesh>('mesh');
    expect(devices.map(({ name, address }) => [name, address.slice(1, address.indexOf(']'))])).toEqual(
      nodes.map(({ name, address }) => [name, address]),
    );
  });

  it('leaves its air behind, and the keys to it to nobody else', () => {
    const [{ places } = { places: [] }] = told<{ places: [string, string][] }>('places');
    expect(places.map(([path]) => existsSync(path))).toEqual(places.map(() => true));
    expect(places.map(([path]) => path)).toContain(file('air/air.pcapng'));
    expect(statSync(file('air/air.pcapng.wireshark/ieee802154_keys')).mode & 0o077).toBe(0);
  });

  it.skipIf(!hasTshark())('has tshark decrypt every frame of it, and find none malformed', () => {
    const frames = dissected('frame.number', 'wpan.security', '6lowpan.pattern', '_ws.malformed', '_ws.expert.message');
    expect(frames.length).toBeGreaterThan(1000);
    expect(frames.filter(([, , , , message]) => /decrypt|MIC|no key/i.test(message ?? ''))).toEqual([]);
    // Of what is above UDP tshark guesses the protocol by the port; and what two devices say to each other passes twice,
    // once a hop, so that it takes the second for a handshake gone wrong.
    expect(dissected('-Y', '_ws.malformed && (mle || coap || !udp)', 'frame.number')).toEqual([]);
    expect(dissected('-Y', 'ipv6.dst == ff03::158 && coap', 'frame.number').length).toBeGreaterThanOrEqual(3);
  });

  function dissected(...words: string[]): string[][] {
    const options = words[0] === '-Y' ? words.slice(0, 2) : [];
    const fields = words.slice(options.length).flatMap((field) => ['-e', field]);
    const text = execFileSync('tshark', ['-r', file('air/air.pcapng'), ...options, '-T', 'fields', ...fields], {
      env: { ...process.env, WIRESHARK_CONFIG_DIR: file('air/air.pcapng.wireshark') },
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return text.split('\n').flatMap((line) => (line === '' ? [] : [line.split('\t')]));
  }
});

describe('two shows on the air at a time', () => {
  it('do not meet, and fit 80 columns', async () => {
    const shows = ['one', 'other'].map(async (name) => {
      const surface = new TestSurface();
      return { surface, exit: await surface.run('demo', '--state', file(name)) };
    });
    for (const { surface, exit } of await Promise.all(shows)) {
      const { text } = surface.stdout;
      expect(text).toMatch(/All \d+ expectations were observed\.\n$/);
      const wide = text.split('\n').filter((line) => [...line].length > 80 && !/WIRESHARK_CONFIG_DIR|alias/.test(line));
      expect(wide).toEqual([]);
      expect(exit).toBe(0);
    }
  });
});

describe('selvage demo --radio', () => {
  it.each(['wifi', 'ether:', 'ether:1601', 'ether:3/4'])('refuses %s and says what there is', async (radio) => {
    const surface = new TestSurface();
    expect(await surface.run('demo', '--radio', radio, '--state', file('none'))).not.toBe(0);
    expect(surface.stderr.text).toContain('ether:<offset>');
    expect(existsSync(file('none'))).toBe(false);
  });
});

/** Whom a picture shows, by their names. */
function namesIn({ partitions }: MeshPicture): string[] {
  const routers = partitions.flatMap((partition) => partition.routers);
  return routers.flatMap(({ label = '?', children }) => [label, ...children.map((child) => child.label ?? '?')]);
}

/** Where it is not there, the test is left out; in CI it has to be. */
function hasTshark(): boolean {
  try {
    execFileSync('tshark', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return process.env['CI'] === 'true';
  }
}
