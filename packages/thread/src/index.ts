export {
  addressText,
  broadcast,
  broadcastPan,
  broadcastShort,
  extendedAddress,
  isBroadcast,
  type MacAddress,
  sameAddress,
  shortAddress,
} from './mac/address.js';
export { announceSecurity } from './mac/announce-key.js';
export { FrameCipher, integrityCodeLength, securityLevel } from './mac/frame-cipher.js';
export type { AddressFields } from './mac/frame/address-fields.js';
export {
  cslElement,
  type HeaderElement,
  headerElementIds,
  type PayloadElement,
  payloadElements,
} from './mac/frame/elements.js';
export { frameCheckLength, hasGoodCheck, writeFrameCheck } from './mac/frame/frame-check.js';
export type { FrameType, FrameVersion } from './mac/frame/frame-control.js';
export { commandIds, headerLength, type MacFrame, macFrame } from './mac/frame/mac-frame.js';
export type { KeyIdentifier, SecurityHeader } from './mac/frame/security-header.js';
export type { LinkRequest, SendProtection } from './mac/link-request.js';
export { Link, type LinkOptions } from './mac/link.js';
export type { LinkCounters } from './mac/link-counters.js';
export type { LinkInput, LinkOutput } from './mac/link-engine.js';
export { obeyLink } from './mac/obey-link.js';
export { LinkRunner } from './mac/link-runner.js';
export type { LinkService } from './mac/link-service.js';
export type { FrameProtection, LinkEvent, LinkIndication, LinkUser, SendOutcome } from './mac/link-user.js';
export { NeighbourTable } from './mac/neighbour-table.js';
export type { Neighbour, NeighbourOptions } from './mac/neighbour.js';
export type { PollSetting } from './mac/poll-setting.js';
export { longestPsdu, payloadRoom } from './mac/room.js';

export { airTime } from './radio/air-time.js';
export { firstChannel, lastChannel } from './radio/channel.js';
export type { AirConditions } from './radio/virtual/air-conditions.js';
export {
  type AirEvent,
  type AirTamper,
  type EtherCounters,
  type Interference,
  type Position,
  VirtualEther,
  type VirtualEtherOptions,
} from './radio/virtual/virtual-ether.js';
export { VirtualRadio } from './radio/virtual/virtual-radio.js';
export type {
  Radio,
  RadioCapabilities,
  RadioEvent,
  RadioIdentity,
  RadioTransmission,
  ReceivedFrame,
  TransmitOutcome,
} from './radio/radio.js';

export type { KeyEvent, KeyInput, KeyOutput, SwitchCause } from './keys/key-engine.js';
export { keyIndex, nearSequence, sequenceAhead } from './keys/key-index.js';
export { openThreadKeys, type ThreadKeysOptions } from './keys/open-keys.js';
export { KeyRunner, type KeyServices, serveKeys } from './keys/run-keys.js';
export type { SequenceKeys } from './keys/sequence-keys.js';
export { type Lead, ThreadKeys, type ThreadKeysStart } from './keys/thread-keys.js';

export {
  isLinkLocal,
  isLoopback,
  isMulticast,
  isUnspecified,
  linkLocalAllNodes,
  linkLocalAllRouters,
  multicastScope,
  multicastScopes,
  realmLocalAllForwarders,
  realmLocalAllNodes,
  realmLocalAllRouters,
  unspecifiedAddress,
} from './ip6/address/classes.js';
export { sameIp6 } from './ip6/address/equal.js';
export {
  extendedOfAddress,
  hasShortInterfaceId,
  interfaceIdLength,
  interfaceIdOfExtended,
  interfaceIdOfShort,
} from './ip6/address/interface-id.js';
export {
  commonPrefixLength,
  hasPrefix,
  type Ip6Prefix,
  ip6Prefix,
  parsePrefix,
  prefixText,
} from './ip6/address/prefix.js';
export { stableAddress } from './ip6/address/slaac.js';
export { addressLength, ip6Text, parseIp6 } from './ip6/address/text.js';
export {
  addressOf,
  allThreadNodes,
  anycastLocators,
  linkLocalAddress,
  locatorAddress,
  locatorOf,
} from './ip6/address/thread-address.js';
export { upperLayerChecksum } from './ip6/header/checksum.js';
export { type Icmp6Message, icmp6Message, unreachableCodes } from './ip6/header/icmp6.js';
export { type Ip6Header, ip6Header, ip6HeaderLength, ip6Mtu, type TrafficLabel } from './ip6/header/ip6-header.js';
export type { MplOption } from './ip6/header/mpl-option.js';
export { nextHeaders } from './ip6/header/next-header.js';
export { type ExtensionOption, optionsHeader } from './ip6/header/option.js';
export { type UdpHeader, udpHeader, udpHeaderLength } from './ip6/header/udp.js';
export { mplOf, numberedMulticast, tunnelledMulticast } from './ip6/multicast/mpl-packet.js';
export type { Ip6Counters } from './ip6/stack/counters.js';
export { EchoClient, type EchoOutcome } from './ip6/stack/echo-client.js';
export { Ip6Endpoint, ip6Endpoint } from './ip6/stack/endpoint.js';
export { type EchoRequest, type Icmp6Arrival, Ip6Stack, type Ip6StackOptions } from './ip6/stack/ip6-stack.js';
export { type OwnAddress, OwnAddresses, type OwnAddressKind } from './ip6/stack/own-addresses.js';
export {
  icmp6PacketOf,
  type PacketHead,
  udpPacketOf,
} from './ip6/stack/packet-writer.js';
export {
  largestUdpPayload,
  type PortWire,
  type UdpArrival,
  UdpPort,
  type UdpPortOptions,
} from './ip6/stack/udp-port.js';

export { Adaptation, type AdaptationOptions, type LowpanArrival } from './lowpan/adaptation.js';
export { ContextTable, type LowpanContext } from './lowpan/contexts.js';
export type { LowpanCounters } from './lowpan/counters.js';
export { type FragmentHeader, fragmentHeader, isFragment } from './lowpan/fragment/fragment-header.js';
export type { ReassemblyLimits } from './lowpan/fragment/reassembler.js';
export type { LinkPair } from './lowpan/link-pair.js';
export { firstHopsLeft, isMeshHeader, type MeshHeader, meshHeader } from './lowpan/mesh-header.js';
export { compressedPacket } from './lowpan/packet-codec.js';

export { channelMask, type ChannelMaskEntry, maskedChannels, maskOf } from './dataset/channel-mask.js';
export { Dataset, type DatasetChanges, longestDataset } from './dataset/dataset.js';
export {
  type DatasetEntry,
  type DatasetField,
  datasetTlvs,
  type DatasetValue,
} from './dataset/dataset-tlvs.js';
export { describeDataset, type DescribedField } from './dataset/describe.js';
export { generateDataset, type GenerateOptions } from './dataset/generate.js';
export { derivePskc, type PskcInputs } from './dataset/pskc.js';
export {
  policyLetters,
  securityPolicy,
  type SecurityPolicy,
  usualPolicy,
  versionThreshold,
  withLetters,
} from './dataset/security-policy.js';
export { compareTimestamps, datasetTimestamp, type DatasetTimestamp, timestampOf } from './dataset/timestamp.js';
export { type DatasetKind, type DatasetProblem, validateDataset } from './dataset/validate.js';

export {
  type JoinerDiscerner,
  discernerBytes,
  discernerText,
  discerns,
  parseDiscerner,
} from './meshcop/credentials/joiner-discerner.js';
export { joinerIdOf } from './meshcop/credentials/joiner-id.js';
export { type JoinerLabel, joinerLabelText, parseJoinerLabel } from './meshcop/credentials/joiner-label.js';
export { drawJoinerPassphrase, joinerPassphrase } from './meshcop/credentials/joiner-passphrase.js';
export { drawOneTimePasscode, oneTimePasscode } from './meshcop/credentials/one-time-passcode.js';
export { type JoinFailure, joinFailed, joinFailures, type JoinStep, joinSteps } from './meshcop/join-failure.js';
export { ExternalSession } from './meshcop/commissioner/external-session.js';
export { type BorderAgentEvent, BorderAgentRunner } from './stack/commissioning/border-agent-runner.js';
export { scanNetworks, type ScanOptions } from './stack/scan-networks.js';
export {
  CommissionerDiagnostics,
  type DiagnosedNode,
  type DiagnosisEnd,
} from './meshcop/commissioner/commissioner-diagnostics.js';
export { CommissionerRunner, type NetworkAccess } from './meshcop/commissioner/commissioner-runner.js';
export { commissioningData, type CommissioningData, takesJoiners } from './meshcop/commissioning-data.js';
export { joinNetwork, type JoinNetworkOptions } from './stack/commissioning/join-network.js';
export { NativeAccess } from './stack/commissioning/native-access.js';
export {
  BorderAgent,
  type BorderAgentInput,
  type BorderAgentOptions,
  type BorderAgentOutput,
} from './meshcop/border-agent/border-agent.js';
export {
  longestLifetime,
  mostTries,
  OneTimeAgent,
  type OneTimeAgentOptions,
  type OneTimeAgentOutput,
  type OneTimeEnd,
  usualLifetime,
} from './meshcop/border-agent/one-time-agent.js';
export {
  Commissioner,
  type CommissionerOptions,
  type CommissionerOutput,
  type RequestDone,
} from './meshcop/commissioner/commissioner.js';
export type { CommissionerEvent } from './meshcop/commissioner/commissioner-event.js';
export {
  ExternalAccess,
  type ExternalAccessInput,
  type ExternalAccessOptions,
  type ExternalAccessOutput,
} from './meshcop/commissioner/external-access.js';
export type { Correspondent, NetworkNews, NetworkRequest } from './meshcop/commissioner/network-access.js';
export { type Commissioning, CommissionerRegister } from './meshcop/management/commissioner-register.js';
export {
  activeSet,
  datasetAnswer,
  type DatasetVerdict,
  type ManagedDatasets,
  pendingSet,
} from './meshcop/management/dataset-requests.js';
export type {
  JoinerAdmissionInput,
  JoinerAdmissionOptions,
  JoinerAdmissionOutput,
  JoinerProgress,
  JoinerVerdict,
} from './meshcop/commissioner/admission-io.js';
export { JoinerAdmission } from './meshcop/commissioner/joiner-admission.js';
export {
  type JoinerEntry,
  type JoinerSelector,
  JoinerTable,
  selectorText,
} from './meshcop/commissioner/joiner-table.js';
export type { Entrusted } from './meshcop/joiner/entrusted.js';
export type { JoinerIdentity } from './meshcop/joiner/joiner-candidates.js';
export type { JoinerFacts } from './meshcop/joiner/joiner-facts.js';
export {
  Joiner,
  type JoinerInput,
  type JoinerOptions,
  type JoinerOutput,
  joinerPort,
} from './meshcop/joiner/joiner.js';
export {
  decodeRelayed,
  encodeRelayed,
  type RelayedDatagram,
  type RelayedJoiner,
  relayPaths,
} from './meshcop/relay/relay-messages.js';
export {
  JoinerRouter,
  type JoinerRouterInput,
  type JoinerRouterOptions,
  type JoinerRouterOutput,
} from './meshcop/relay/joiner-router.js';
export { type AgentState, agentState } from './meshcop/service/agent-state.js';
export { agentServices, type AgentText, decodeAgentText, encodeAgentText } from './meshcop/service/agent-text.js';
export { admitsAnybody, admitsNobody, isAdmitted, steeringDataOf } from './meshcop/steering/steering-data.js';
export { type MeshcopTlv, meshcopTlvs } from './meshcop/tlv/meshcop-tlvs.js';
export {
  type ChannelRounds,
  type EnergyReport,
  type EnergyScan,
  energyReportTlvs,
  energyScanTlvs,
  type PanIdQuery,
  panIdQueryTlvs,
  readEnergyReport,
  readEnergyScan,
  readPanIdQuery,
  readRounds,
  roundsTlvs,
  surveyPaths,
} from './meshcop/management/survey-messages.js';
export { borderData, type BorderOffer, onMeshPrefixes } from './border/border-data.js';
export {
  type BorderCounters,
  type BorderPacket,
  BorderRouter,
  type BorderRouterOptions,
} from './border/border-router.js';
export type { BorderError, BorderRefusal } from './border/border-verdict.js';
export { type BorderView, sideOf } from './border/border-view.js';
export { type HostSide, MeshBorder, type MeshBorderOptions } from './border/mesh-border.js';

export { contextsOf } from './netdata/contexts-of.js';
export { longestNetworkData, type NetworkData, networkData } from './netdata/network-data.js';
export { type ContextFlags, prefixSubTlv, prefixTlv } from './netdata/prefix-tlv.js';
export type { BorderRouterFlags, HasRouteFlags, RoutePreference } from './netdata/route-flags.js';
export { type ServiceTlv, serviceSubTlv, serviceTlv, threadEnterprise } from './netdata/service-tlv.js';
export type { StableTlv, StableTlvDeclarations, UnknownStableTlv } from './netdata/stable-tlv.js';

export {
  type MleDatagram,
  mleDatagram,
  mleHopLimit,
  mlePort,
  mleSecurityHeader,
  mleSecurityLayout,
  mleSecurityLength,
} from './mle/mle-datagram.js';
export { type MleCommand, type MleMessage, mleCommand, mleMessage } from './mle/mle-message.js';
export { type MleBinding, openMle, sealMle } from './mle/security/mle-cipher.js';
export { type MleKeys, type MleOpened, type MleProtection, MleSecurity } from './mle/security/mle-security.js';
export type { RegisteredAddress } from './mle/tlv/address-registration.js';
export { type Connectivity, connectivity, type ParentPriority } from './mle/tlv/connectivity.js';
export { type DiscoveryRequest, type DiscoveryResponse, discoveryTlvs } from './mle/tlv/discovery.js';
export { type LeaderData, leaderData } from './mle/tlv/leader-data.js';
export { type MleTlv, type MleTlvName, type MleTlvValue, mleTlvs, mleTlvType } from './mle/tlv/mle-tlvs.js';
export type { DeviceMode } from './mle/tlv/mode.js';
export { type Route, type Route64, route64, routerIdsOf, routerMaskOf } from './mle/tlv/route64.js';
export type { ScanMask } from './mle/tlv/scan-mask.js';

export type { DiagnosticFacts } from './diag/diagnostic-answer.js';
export {
  DiagnosticClient,
  type DiagnosticInput,
  type DiagnosticOutput,
  type DiagnosticResponse,
} from './diag/diagnostic-client.js';
export {
  type DiagnosticName,
  type DiagnosticTlv,
  diagnosticTlvs,
  diagnosticType,
  type DiagnosticValue,
} from './diag/diagnostic-tlvs.js';
export type { DiagnosticOutcome, DiagnosticWish } from './diag/question.js';
export { type DiagnosticReport, diagnosticReport, readDiagnosticTlvs } from './diag/report.js';
export type { ChildAddresses, ChildDetail } from './diag/tlv/child-detail.js';
export type { ChildTableEntry } from './diag/tlv/child-table.js';
export type { MacCounters, MleCountersValue } from './diag/tlv/counters.js';
export type { RouterNeighbourDetail } from './diag/tlv/router-neighbour.js';
export {
  isRouterRloc16,
  type LinkQuality,
  type MeshRoutes,
  routerIdOf,
  routerRloc16,
  type RouterView,
} from './mesh/mesh-routes.js';
export type { DiscoveredNetwork } from './mle/discovery/discovery.js';
export type { LossReason } from './mle/child/child-input.js';
export { tmfPort } from './tmf/tmf-port.js';
export type { Network } from './stack/network.js';
export type { NodeEvent, Role } from './stack/node-event.js';
export { MeshPort } from './stack/mesh-port.js';
export type { NodeStatus } from './stack/node-status.js';
export { NodeRunner } from './stack/node-runner.js';
export { forgetNetwork } from './stack/forget-network.js';
export { defaultChildSettings, openThreadNode, type OpenNodeOptions } from './stack/open-thread-node.js';
export type { StoredNetwork } from './stack/stored-network.js';
export type { Beyond, TrafficCounters } from './stack/traffic-parts.js';
export type { NodeInput, NodeOptions, NodeOutput, VendorFacts } from './stack/node-io.js';
export { ThreadNode } from './stack/thread-node.js';

export type { KnownShort } from './sniff/address-book.js';
export { AirReader, type AirReaderOptions } from './sniff/air-reader.js';
export { mleText } from './sniff/command-text.js';
export type { Openness, SeenFrame, SeenMle } from './sniff/seen-frame.js';
export type { ListenerKeys } from './sniff/sniff-keys.js';
export { type TapFrame, tapPacket } from './sniff/tap-packet.js';
export { type ProfileFile, type ProfileOptions, wiresharkProfile } from './sniff/wireshark-profile.js';

export { HdlcDecoder, hdlcFrame } from './radio/spinel/hdlc.js';
export {
  type CoprocessorFacts,
  type DriverOptions,
  type DriverOutput,
  SpinelDriver,
} from './radio/spinel/spinel-driver.js';
export { SpinelEngine, type SpinelInput, type SpinelOutput } from './radio/spinel/spinel-engine.js';
