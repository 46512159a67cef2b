import type { Style } from '../style.js';
import { printable } from '../text.js';
import { type DrawnLine, piece, type Piece } from './drawn-line.js';
import type { ChildKind, DrawnChild, DrawnRouter, LinkQuality } from './mesh-picture.js';
import type { RouterTree } from './router-tree.js';

/** How children are drawn. */
export const childLooks: Record<ChildKind, { readonly sign: string; readonly name: string }> = {
  full: { sign: '●', name: 'full device' },
  minimal: { sign: '◐', name: 'minimal' },
  sleepy: { sign: '○', name: 'sleepy' },
};

const wires: Record<LinkQuality, { readonly text: string; readonly look: keyof Style }> = {
  3: { text: '━3━', look: 'good' },
  2: { text: '─2─', look: 'warning' },
  1: { text: '┄1┄', look: 'bad' },
  0: { text: ' · ', look: 'dim' },
};

/** A link of a quality: more than its colour tells them apart. */
export function wireOf(quality: LinkQuality): Piece {
  const { text, look } = wires[quality];
  return piece(text, look);
}

/** An RLOC16 as Thread's people write it. */
export function shortText(rloc16: number): string {
  return rloc16.toString(16).padStart(4, '0');
}

/** A tree of routers with their children, a line each; with `listsChildren` off they are counted beside their parent. */
export function treeLines(tree: RouterTree, options: { readonly listsChildren: boolean }): DrawnLine[] {
  return branchLines(tree, '', '', options);
}

/**
 * @param head what stands before the router's own line
 * @param indent what stands before the lines below it
 */
function branchLines(
  { router, quality, below, others }: RouterTree,
  head: string,
  indent: string,
  options: { readonly listsChildren: boolean },
): DrawnLine[] {
  const wire = head === '' ? [] : [piece(head, 'dim'), wireOf(quality ?? 0), piece(' ')];
  const children = options.listsChildren ? [...router.children].sort((a, b) => a.rloc16 - b.rloc16) : [];
  const counted = options.listsChildren ? [] : countedChildren(router.children);
  const own = [...wire, ...routerPieces(router), ...counted, ...otherLinks(others)];
  const isLast = (at: number, length: number): boolean => at === length - 1;
  return [
    own,
    ...children.map((child, at) => [
      piece(`${indent}${isLast(at, children.length) && below.length === 0 ? '└' : '├'}`, 'dim'),
      wireOf(child.quality ?? 0),
      ...childPieces(child),
    ]),
    ...below.flatMap((branch, at) => {
      const last = isLast(at, below.length);
      return branchLines(branch, `${indent}${last ? '└' : '├'}`, `${indent}${last ? ' ' : '│'} `, options);
    }),
  ];
}

function routerPieces({ rloc16, label, marks = [], isLeader, isSilent = false }: DrawnRouter): Piece[] {
  const role = isLeader ? 'leader' : 'router';
  if (isSilent) return [piece('✕', 'bad'), piece(` ${shortText(rloc16)} ${role}, no answer`), ...named(label, marks)];
  return [
    piece(isLeader ? '◆' : '■', 'accent'),
    piece(` ${shortText(rloc16)}`, 'bold'),
    piece(` ${role}`),
    ...named(label, marks),
  ];
}

function childPieces({ rloc16, kind, label, marks = [] }: DrawnChild): Piece[] {
  const { sign, name } = childLooks[kind];
  return [piece(` ${sign} ${shortText(rloc16)}`), piece(` ${name}`, 'dim'), ...named(label, marks)];
}

function named(label: string | undefined, marks: readonly string[]): Piece[] {
  const name = label === undefined || label === '' ? [] : [piece(`  ${printable(label)}`, 'accent')];
  return marks.length === 0 ? name : [...name, piece(`  ${marks.map(printable).join(', ')}`, 'warning')];
}

function countedChildren(children: readonly DrawnChild[]): Piece[] {
  const kinds = Object.keys(childLooks) as ChildKind[];
  const counts = kinds.flatMap((kind) => {
    const amount = children.filter((child) => child.kind === kind).length;
    return amount === 0 ? [] : [`${childLooks[kind].sign}${amount}`];
  });
  return counts.length === 0 ? [] : [piece(`  ${counts.join(' ')}`)];
}

function otherLinks(others: RouterTree['others']): Piece[] {
  if (others.length === 0) return [];
  const links = others.flatMap(({ to, quality }) => [piece(' '), wireOf(quality), piece(shortText(to))]);
  return [piece('  and', 'dim'), ...links];
}
