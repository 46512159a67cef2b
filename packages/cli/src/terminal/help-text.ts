import { Help, type Option } from 'commander';

/** What the help says of an option: a default that only says that an option was not given is no news. */
export function optionDescription(option: Option): string {
  return option.defaultValue === false ? option.description : new Help().optionDescription(option);
}
