/** Two of them run side by side: one that takes minutes must not begin last. */
const { default: Sequencer } = require('@jest/test-sequencer');

const LONG = ['endurance', 'queue', 'split', 'outage', 'templates', 'recovery', 'template'];
const nameOf = ({ path }) => /([^/\\]+)\.test\.mts$/.exec(path)?.[1] ?? '';
const rankOf = (test) => (LONG.indexOf(nameOf(test)) + LONG.length + 1) % (LONG.length + 1);

module.exports = class LongestFirst extends Sequencer {
	sort(tests) {
		return [...tests].sort((a, b) => rankOf(a) - rankOf(b) || (a.path < b.path ? -1 : 1));
	}
};
