import { encode, type Instant, tryDecode } from '@selvage/core';
import { timestampOf } from '../../dataset/timestamp.js';
import type { Dataset } from '../../dataset/dataset.js';
import type { LinkService } from '../../mac/link-service.js';
import { commissioningData } from '../../meshcop/commissioning-data.js';
import { EnergySurvey } from '../../meshcop/management/energy-survey.js';
import { PanIdSurvey } from '../../meshcop/management/pan-id-survey.js';
import {
  energyReportTlvs,
  panIdQueryTlvs,
  readEnergyScan,
  readPanIdQuery,
  readRounds,
  surveyPaths,
} from '../../meshcop/management/survey-messages.js';
import { SurveyServer } from '../../meshcop/management/survey-server.js';
import { type MeshcopTlv, meshcopTlvs } from '../../meshcop/tlv/meshcop-tlvs.js';
import { AnnounceSender } from '../../mle/announce/announce-sender.js';
import type { MleHost } from '../../mle/mle-host.js';
import type { NetworkData } from '../../netdata/network-data.js';
import type { TmfPort, TmfRequest } from '../../tmf/tmf-port.js';
import type { NodeEvent } from '../node-event.js';
import type { Place } from '../place.js';

/** What a {@link SurveyService} works with. */
export interface SurveyParts {
  readonly link: LinkService;
  readonly sendMle: MleHost['send'];
  readonly tmf: () => Pick<TmfPort, 'request'>;
  readonly place: () => Place;
  readonly dataset: () => Dataset;
  readonly networkData: () => NetworkData;
}

const noBytes = new Uint8Array(0);
/** Half of the numbers of 16 bits: sessions are numbered one after the other. */
const halfway = 0x8000;

/**
 * What every node does for its network's commissioner beside letting joiners in: it measures channels, looks for PAN ids,
 * and announces where the network is (Thread 1.3 §8.7.10 to §8.7.12). Its own network goes on meanwhile.
 */
export class SurveyService {
  readonly #parts: SurveyParts;
  readonly #energy: SurveyServer;
  readonly #panIds: SurveyServer;
  readonly #announcements: AnnounceSender;
  /** Whether network data said, when something was asked for, that somebody commissions. */
  #knewCommissioner = false;

  constructor(parts: SurveyParts) {
    this.#parts = parts;
    const scan: LinkService['scan'] = (request, done) => parts.link.scan(request, done);
    this.#energy = new SurveyServer(scan);
    this.#panIds = new SurveyServer(scan);
    this.#announcements = new AnnounceSender(parts.sendMle, () => this.#whereabouts);
  }

  get deadline(): Instant {
    return Math.min(this.#energy.deadline, this.#panIds.deadline, this.#announcements.deadline);
  }

  tick(now: Instant): void {
    this.#energy.tick(now);
    this.#panIds.tick(now);
    this.#announcements.tick(now);
  }

  /** What the node tells: without its network, or without a commissioner, there is nobody to report to. */
  heard({ kind }: NodeEvent): void {
    if (kind === 'network-data' && this.#knewCommissioner && this.#commissioning.borderAgent === undefined) {
      this.#stopLooking();
    }
    if (this.#parts.place().kind !== 'none') return;
    this.#stopLooking();
    this.#announcements.stop();
  }

  /** The answer to a request; undefined for silence, and for what is something else. */
  serve({ path, payload, source, multicast }: TmfRequest, now: Instant): Uint8Array | undefined {
    const tlvs = Object.values<string>(surveyPaths).includes(path) ? tryDecode(meshcopTlvs, payload) : undefined;
    if (tlvs === undefined || this.#parts.place().kind === 'none' || !this.#isOfCommissioner(tlvs)) return undefined;
    if (!this.#begin(path, tlvs, source.slice(), now)) return undefined;
    this.#knewCommissioner = this.#commissioning.borderAgent !== undefined;
    // A group does not answer with one voice each.
    return multicast ? undefined : noBytes;
  }

  #begin(path: string, tlvs: readonly MeshcopTlv[], to: Uint8Array, now: Instant): boolean {
    switch (path) {
      case surveyPaths.energyScan: {
        const scan = readEnergyScan(tlvs);
        if (scan === undefined) return false;
        const survey = new EnergySurvey(scan, (report, at) =>
          this.#report(surveyPaths.energyReport, energyReportTlvs(report), to, at),
        );
        this.#energy.begin(survey, now);
        return true;
      }
      case surveyPaths.panIdQuery: {
        const query = readPanIdQuery(tlvs);
        if (query === undefined) return false;
        const survey = new PanIdSurvey(query, (conflict, at) =>
          this.#report(surveyPaths.panIdConflict, panIdQueryTlvs(conflict), to, at),
        );
        this.#panIds.begin(survey, now);
        return true;
      }
      case surveyPaths.announceBegin: {
        const rounds = readRounds(tlvs);
        if (rounds !== undefined) this.#announcements.begin(rounds, now);
        return rounds !== undefined;
      }
      default:
        return false;
    }
  }

  /**
   * Whether a session is named that is not over, as far as this node knows: it may hear of a new one by the question
   * itself, before network data reach it.
   */
  #isOfCommissioner(tlvs: readonly MeshcopTlv[]): boolean {
    const sessionId = meshcopTlvs.first(tlvs, 'commissionerSessionId');
    const { sessionId: known = sessionId } = this.#commissioning;
    return sessionId !== undefined && ((sessionId - (known ?? 0)) & 0xffff) < halfway;
  }

  /** In a confirmable POST. */
  #report(path: string, tlvs: readonly MeshcopTlv[], to: Uint8Array, now: Instant): void {
    this.#parts.tmf().request(path, encode(meshcopTlvs, tlvs), to, now);
  }

  #stopLooking(): void {
    this.#energy.stop();
    this.#panIds.stop();
  }

  get #commissioning(): ReturnType<typeof commissioningData> {
    return commissioningData(this.#parts.networkData());
  }

  get #whereabouts(): ReturnType<ConstructorParameters<typeof AnnounceSender>[1]> {
    const { link, dataset, place } = this.#parts;
    if (place().kind === 'none') return undefined;
    return { channel: link.channel, panId: link.panId, timestamp: dataset().get('activeTimestamp') ?? timestampOf(0) };
  }
}
