/** A command that was killed on a device's path is followed by one that brings the device to an end of it. */
import { describe, expect, it } from 'vitest';
import { Program } from '../support/program.js';
import { World } from './support/world.js';

const world = new World();

describe('own, killed', () => {
  it.each([
    ['before the device has its owner', 'name the device (doxm.deviceuuid)', /undone now|stays so/],
    ['after it', 'clear the access control list (acl2)', 'is finished now'],
  ])('%s leaves it to the next command to finish or undo', async (title, step, said) => {
    const name = title.replaceAll(' ', '-');
    await world.devices('light', '--name', name);
    const words = ['own', name, '--wait', '1', '--json'];
    const killed = Program.selvage(words, { ...process.env, ...world.env });
    await killed.says(new RegExp(`"step":"${step.replace(/[().]/g, '\\$&')}"`));
    killed.signal('SIGKILL');
    await killed.ended;
    const [record] = (await world.json('devices')).filter((one) => one['name'] === name);
    if (record !== undefined) expect(record['stage']).toBe('transferring');
    const { says } = await world.run('own', '--all', '--wait', '1');
    if (record !== undefined) expect(says).toMatch(said);
    if (step.includes('acl2')) expect((await world.good('get', name, '/switch')).stdout).toContain('value');
  });
});

describe('Ctrl-C', () => {
  it('ends a command at once, says what becomes of what was begun, and leaves the site to others', async () => {
    const site = ['--site', world.file('stopped')];
    const owning = Program.selvage(['own', '--all', '--wait', '60', ...site], { ...process.env, ...world.env });
    await owning.says(/made the site/);
    owning.signal('SIGINT');
    expect(await owning.ended).toBe(130);
    expect(owning.stderr.replace(/\s+/g, ' ')).toContain('finished or undone by the next command');
    expect((await world.good('devices', ...site)).stdout).toContain('owns no device');
  });
});
