import {
  configurationResource,
  deviceRepresentation,
  deviceResourceFacts,
  directoryFacts,
  introspectionDataFacts,
  introspectionFacts,
  platformFacts,
  platformRepresentation,
} from './core-resources.js';
import type { DeviceFacts } from './device-facts.js';
import type { ApplicationResource, DeviceModel } from './device-model.js';
import { introspectionDocument, introspectionRepresentation } from './introspection.js';
import type { ResourceFacts } from './resource.js';
import { ServedCollection } from './served/collection.js';
import { ServedDirectory } from './served/directory.js';
import { ServedFixed } from './served/fixed.js';
import { ServedProperties } from './served/properties.js';
import type { Served } from './served/served.js';
import type { Surroundings } from './served/surroundings.js';

/** What `DeviceResources` are made of. */
export interface DeviceResourcesOptions {
  readonly model: DeviceModel;
  readonly facts: DeviceFacts;
  /** The security resources, and what else is listed here and served elsewhere. */
  readonly security: readonly ResourceFacts[];
}

/** Every resource of one device, with its state. */
export class DeviceResources implements Surroundings {
  readonly resources: readonly ResourceFacts[];
  readonly configuration: ServedProperties;
  /** Members of atomic measurements: no link leads to them, and they are read through their measurement only. */
  readonly bound: ReadonlySet<string>;
  #facts: DeviceFacts;
  readonly #served = new Map<string, Served>();
  /** Those that say who the device is. */
  readonly #telling: readonly (ServedFixed | ServedDirectory)[];

  constructor({ model, facts, security }: DeviceResourcesOptions) {
    this.#facts = facts;
    this.configuration = new ServedProperties(configurationResource(model));
    const directory = new ServedDirectory(directoryFacts, this);
    const device = new ServedFixed(deviceResourceFacts(model), () =>
      deviceRepresentation(model, this.#facts, this.configuration.values['n'] as string),
    );
    const platform = new ServedFixed(platformFacts, () => platformRepresentation(model, this.#facts));
    this.#telling = [directory, device, platform];
    const own = [platform, this.configuration, directory, device, ...this.#introspection(model)];
    this.bound = new Set(
      model.resources.flatMap((one) => (one.form === 'collection' && one.atomic ? one.members : [])),
    );
    const application = model.resources.map((one) => this.#applicationResource(one));
    for (const served of [...own, ...application]) this.#served.set(served.facts.path, served);
    this.resources = [...factsOf(own), ...security, ...factsOf(application)];
  }

  get facts(): DeviceFacts {
    return this.#facts;
  }

  /** Gives the device another identity: all that says it says the new one. */
  identify(facts: DeviceFacts): void {
    this.#facts = facts;
    this.forget();
  }

  /** Has what says who the device is be made anew. */
  forget(): void {
    for (const one of this.#telling) one.forget();
  }

  served(path: string): Served | undefined {
    return this.#served.get(path);
  }

  /** The resources that hold properties, in order. */
  *holders(): Iterable<ServedProperties> {
    for (const one of this.#served.values()) if (one instanceof ServedProperties) yield one;
  }

  /** The collections, in order. */
  *collections(): Iterable<ServedCollection> {
    for (const one of this.#served.values()) if (one instanceof ServedCollection) yield one;
  }

  #introspection(model: DeviceModel): readonly Served[] {
    const described = [this.configuration.facts, ...model.resources];
    return [
      new ServedFixed(
        introspectionFacts,
        ({ endpoints }) => introspectionRepresentation(endpoints),
        ({ endpoints }) => endpoints.coaps ?? '',
      ),
      new ServedFixed(introspectionDataFacts, () => introspectionDocument(model, described)),
    ];
  }

  #applicationResource(definition: ApplicationResource): Served {
    if (definition.form === 'collection') return new ServedCollection(definition, this);
    const hidden = this.bound.has(definition.path) ? { ...definition, discoverable: false } : definition;
    return new ServedProperties(hidden);
  }
}

function factsOf(all: readonly Served[]): readonly ResourceFacts[] {
  return all.map(({ facts }) => facts);
}
