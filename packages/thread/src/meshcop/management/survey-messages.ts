import { maskedChannels, maskOf } from '../../dataset/channel-mask.js';
import { type MeshcopTlv, meshcopTlvs } from '../tlv/meshcop-tlvs.js';

/**
 * The paths of MGMT_ED_SCAN.qry and its .rpt, of MGMT_PANID_QUERY.qry and its .ans, and of MGMT_ANNOUNCE_BEGIN.ntf
 * (Thread 1.3 §8.7.10 to §8.7.12).
 */
export const surveyPaths = {
  energyScan: 'c/es',
  energyReport: 'c/er',
  panIdQuery: 'c/pq',
  panIdConflict: 'c/pc',
  announceBegin: 'c/ab',
} as const;

/**
 * Whatever one request asks for, a node is busy with it for no longer, milliseconds: a mistyped or a hostile one would keep it
 * from its network for half a day. What commissioners ask for takes seconds.
 */
export const longestSurvey = 300_000;

/** How often channels are to be visited. */
export interface ChannelRounds {
  /** 11 to 26, ascending. */
  readonly channels: readonly number[];
  /** 0 to 255: how often each. */
  readonly count: number;
  /** Milliseconds between one channel and the next, at most 65,535. */
  readonly period: number;
}

/** MGMT_ED_SCAN: how strong is what is heard on these channels? */
export interface EnergyScan extends ChannelRounds {
  /** Milliseconds of a measurement, at most 65,535. */
  readonly scanDuration: number;
}

/** MGMT_PANID_QUERY: is there a PAN of this id on these channels? */
export interface PanIdQuery {
  readonly panId: number;
  readonly channels: readonly number[];
}

/** MGMT_ED_SCAN.rpt. */
export interface EnergyReport {
  readonly channels: readonly number[];
  /** dBm, of all the channels in turn, round after round. */
  readonly levels: readonly number[];
}

/** The channels of IEEE 802.15.4 at 2.4 GHz. */
const [firstChannel, lastChannel] = [11, 26] as const;

export function energyScanTlvs({ scanDuration, ...rounds }: EnergyScan): readonly MeshcopTlv[] {
  return [...roundsTlvs(rounds), { type: 'scanDuration', value: scanDuration }];
}

export function panIdQueryTlvs({ panId, channels }: PanIdQuery): readonly MeshcopTlv[] {
  return [
    { type: 'channelMask', value: maskOf(channels) },
    { type: 'panId', value: panId },
  ];
}

/** Of MGMT_ANNOUNCE_BEGIN, and of what is common to it and MGMT_ED_SCAN. */
export function roundsTlvs({ channels, count, period }: ChannelRounds): readonly MeshcopTlv[] {
  return [
    { type: 'channelMask', value: maskOf(channels) },
    { type: 'count', value: count },
    { type: 'period', value: period },
  ];
}

export function energyReportTlvs({ channels, levels }: EnergyReport): readonly MeshcopTlv[] {
  return [
    { type: 'channelMask', value: maskOf(channels) },
    { type: 'energyList', value: Uint8Array.from(levels) },
  ];
}

/** Undefined where something is missing, or no channel is named that there is; so are the others. */
export function readEnergyScan(tlvs: readonly MeshcopTlv[]): EnergyScan | undefined {
  const rounds = readRounds(tlvs);
  const scanDuration = meshcopTlvs.first(tlvs, 'scanDuration');
  return rounds && scanDuration !== undefined ? { ...rounds, scanDuration } : undefined;
}

export function readRounds(tlvs: readonly MeshcopTlv[]): ChannelRounds | undefined {
  const channels = readChannels(tlvs);
  const count = meshcopTlvs.first(tlvs, 'count');
  const period = meshcopTlvs.first(tlvs, 'period');
  if (channels === undefined || count === undefined || period === undefined) return undefined;
  return { channels, count, period };
}

/** Of MGMT_PANID_QUERY.qry, and of its .ans. */
export function readPanIdQuery(tlvs: readonly MeshcopTlv[]): PanIdQuery | undefined {
  const channels = readChannels(tlvs);
  const panId = meshcopTlvs.first(tlvs, 'panId');
  return channels && panId !== undefined ? { panId, channels } : undefined;
}

export function readEnergyReport(tlvs: readonly MeshcopTlv[]): EnergyReport | undefined {
  const channels = readChannels(tlvs);
  const levels = meshcopTlvs.first(tlvs, 'energyList');
  return channels && levels ? { channels, levels: [...new Int8Array(levels)] } : undefined;
}

function readChannels(tlvs: readonly MeshcopTlv[]): readonly number[] | undefined {
  const mask = meshcopTlvs.first(tlvs, 'channelMask');
  const channels = mask && maskedChannels(mask).filter((channel) => channel >= firstChannel && channel <= lastChannel);
  return channels === undefined || channels.length === 0 ? undefined : channels;
}
