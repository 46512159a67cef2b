import { SelvageError, toHex } from '@selvage/core';
import { nativeCore } from '@selvage/crypto';
import { AirReader } from '@selvage/thread';
import type { HeardFrame } from '@selvage/thread/node';
import { Report } from '../../ca/report.js';
import { type Style, styleFor } from '../../terminal/style.js';
import { interruption, type Sink, type Surface } from '../../terminal/surface.js';
import { clip, count } from '../../terminal/text.js';
import { networkOfSite } from '../network/network-of.js';
import { listenOn } from '../radio/listen-on.js';
import { type RadioName, usualRadio } from '../radio/radio-name.js';
import { CaptureFile } from './capture-file.js';
import { frameEvent, frameLine } from './frame-line.js';
import { type GivenKeys, keysOf, readKeys } from './keys.js';
import type { SniffOptions } from './options.js';

/**
 * `thread sniff`: shows and keeps each frame until somebody ends it.
 * @throws SelvageError of the keys, the file or the radio
 */
export async function sniff(surface: Surface, options: SniffOptions): Promise<void> {
  const { clock } = surface;
  const { radio: name, keys } = await aboutAir(surface, options);
  const reader = new AirReader({ core: nativeCore, ...keys });
  const done = new AbortController();
  const takes = options.count ?? Infinity;
  let frames = 0;
  let sealed = 0;
  let file: CaptureFile | undefined;
  const started = clock.now();
  const { sink, style } = screenOf(surface, options);

  const take = (heard: HeardFrame): void => {
    if (frames >= takes) return;
    frames++;
    const seen = reader.read(heard.psdu, heard.at);
    if (seen.link === 'sealed' || seen.mle?.openness === 'sealed') sealed++;
    const sniffed = { heard, seen, milliseconds: heard.at - started };
    const wallTime = clock.wallTime() - (clock.now() - heard.at);
    file?.add(heard, wallTime, keys.networkKeys.length === 0 ? '' : seen.detail);
    if (options.json) sink.write(`${JSON.stringify(frameEvent(sniffed, toHex(heard.psdu)))}\n`);
    else sink.write(`${fitting(frameLine(sniffed, style), sink, style)}\n`);
    if (frames >= takes) done.abort();
  };

  const { channel } = options;
  const onFailed = (error: SelvageError): void => done.abort(error);
  const radio = await listenOn({ radio: name, channel, onFrame: take, onFailed }, clock);
  try {
    if (options.write !== undefined) file = new CaptureFile(surface, options.write, radio.description, keys);
    const report = new Report(surface, options.json && options.write !== '-');
    report.tell({
      event: 'listening',
      data: { radio: radio.description, ...(channel !== undefined && { channel }) },
      lines: [`listening on ${radio.description}; Ctrl-C ends it`],
    });
    if (file?.profile !== undefined) {
      report.tell({
        event: 'profile',
        data: { folder: file.profile },
        lines: [
          `the keys are written to ${file.profile} for Wireshark: WIRESHARK_CONFIG_DIR=${file.profile} wireshark ${file.path}`,
        ],
      });
    }
    const timer =
      options.seconds === undefined ? undefined : clock.wakeAt(started + options.seconds * 1000, () => done.abort());
    await Promise.race([interruption(surface), interruption({ ...surface, interrupted: done.signal })]);
    timer?.cancel();
    if (done.signal.reason instanceof SelvageError) throw done.signal.reason;
    report.tell({
      event: 'heard',
      data: { frames, sealed, damaged: radio.damaged },
      lines: [`${count(frames, 'frame')}, of which ${sealed} could not be opened`],
    });
  } finally {
    radio.close();
    file?.close(reader.shorts);
  }
}

/** Where to listen, and what opens what is heard there; the keys of a site go into no file that nobody asked to have them in. */
async function aboutAir(
  surface: Surface,
  { radio, keys, write, site }: SniffOptions,
): Promise<{ readonly radio: RadioName; readonly keys: GivenKeys }> {
  const known = radio === undefined ? await networkOfSite(surface, site) : undefined;
  const isOpen = known !== undefined && keys === undefined && write === undefined;
  return { radio: radio ?? known?.radio ?? usualRadio, keys: isOpen ? keysOf(known.dataset) : readKeys(keys ?? []) };
}

/** Frames go to standard output, unless the capture itself does. */
function screenOf({ stdout, stderr, env }: Surface, { write }: SniffOptions): { sink: Sink; style: Style } {
  const sink = write === '-' ? stderr : stdout;
  return { sink, style: styleFor(sink, env) };
}

/** A frame is one line of a terminal. Where there are colours the codes would count, so that it is left to wrap. */
function fitting(line: string, { columns, isTerminal }: Sink, { dim }: Style): string {
  return isTerminal && columns !== undefined && dim('') === '' ? clip(line, columns - 1) : line;
}
