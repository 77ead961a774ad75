import { existsSync } from 'node:fs';

const PLACES = [
	'/usr/bin/chromium',
	'/usr/bin/chromium-browser',
	'/usr/bin/google-chrome',
	'/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
	'/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** A Chromium of this machine, or what `CHROMIUM_PATH` names. */
export function findChromium(): string | undefined {
	return [process.env.CHROMIUM_PATH ?? '', ...PLACES].find((path) => path && existsSync(path));
}
