/** SAP's own mock server, given the vendor's metadata and the sandbox's rows. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import FEMockserver from '@sap-ux/fe-mockserver-core';
import { VENDOR_EDMX } from './edmx.mts';
import type { Reading } from './s4hanaReading.mts';

export interface MockServer {
	/** Address of the service. */
	root: string;
	close(): Promise<void>;
}

const SILENT = { error() {}, info() {}, warn() {} };

type Row = Record<string, unknown>;

/** Fills the mock with every row the sandbox serves, as the sandbox writes it. */
export async function startMockServer(reading: Reading): Promise<MockServer> {
	const folder = mkdtempSync(join(tmpdir(), 's4hana-mock-'));
	for (const { set } of reading.sandbox.store.everyTable()) {
		const rows = (await reading.rows(set.name)).map(withoutProtocol);
		writeFileSync(join(folder, `${set.name}.json`), JSON.stringify(rows));
	}
	const mock = new FEMockserver({
		services: [
			{
				urlPath: reading.sandbox.servicePath,
				metadataPath: VENDOR_EDMX,
				mockdataPath: folder,
				generateMockData: false,
				logger: SILENT,
			},
		],
		annotations: [],
	} as unknown as ConstructorParameters<typeof FEMockserver>[0]);
	await mock.isReady;
	const route = mock.getRouter();
	const server = createServer((request, response) =>
		route(request, response, () => response.writeHead(404).end()),
	);
	await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
	const { port } = server.address() as AddressInfo;
	const close = async () => {
		await mock.dispose();
		await new Promise<void>((closed) => {
			server.close(() => closed());
			server.closeAllConnections();
		});
		rmSync(folder, { recursive: true });
	};
	return { root: `http://127.0.0.1:${port}${reading.sandbox.servicePath}`, close };
}

function withoutProtocol(row: Row): Row {
	const isDeferred = (value: unknown) =>
		typeof value === 'object' && value !== null && '__deferred' in value;
	const kept = Object.entries(row).filter(
		([name, value]) => name !== '__metadata' && !isDeferred(value),
	);
	return Object.fromEntries(kept);
}
