// For `npm run mutate`: leaves out the sentences for people, that is each `Text` (an object of just `ko` and `en`).
// A test that pins such a sentence only repeats it; which of them a person is told, the tests of the advice check.

/** The shape that Stryker's declareValuePlugin makes; written by hand, so that no further package is needed. */
export const strykerPlugins = [
  { kind: 'Ignore', name: 'texts-for-people', value: { shouldIgnore: ({ node }) => reasonToIgnore(node) } },
];

function reasonToIgnore(node) {
  if (node.type !== 'ObjectExpression') return undefined;
  const names = node.properties.map(({ key }) => key?.name).sort();
  return names.join() === 'en,ko' ? 'a sentence for people' : undefined;
}
