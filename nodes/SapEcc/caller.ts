import { DateTime } from 'luxon';
import { createClient, type HttpClient } from '../../core/http/client';
import { CoreError } from '../../core/http/errors';
import type { HttpResponse, Ports, Transport } from '../../core/http/ports';
import { SOAP_PATH, type Connection } from './connection';
import type { FunctionCaller, FunctionParameters, FunctionValue } from './functionCall';
import { bridgeRefusal, jsonValues } from './jsonCall';
import { assertParameters, permittedFunction } from './permissions';
import { answerError, type CallSettings } from './refusal';
import { FUNCTIONS, soapFault, soapRequest, soapValues } from './soapCall';

export interface CallerOptions {
	connection: Connection;
	transport: Transport;
	ports: Ports;
	/** Epoch milliseconds no request may outlive. */
	deadline?: () => number;
}

/** One way to carry a call: what goes out, and how the answer is read. */
interface Road {
	endpoint: string;
	request(name: string, parameters: FunctionParameters): WireCall;
	/** What SAP said where the status is not good. */
	said(response: HttpResponse): { type: string; message: string } | undefined;
	values(
		response: HttpResponse,
		name: string,
		settings: CallSettings,
	): Record<string, FunctionValue>;
}

interface WireCall {
	url: string;
	headers: Record<string, string>;
	body: string;
}

/** A table read can take long; SAP's own limit for a dialog step is commonly 300 to 600 s. */
const ATTEMPT_TIMEOUT_MS = 90_000;

/**
 * Calls functions of the system behind the connection. Each name is held against the permissions first. A function
 * that the credential adds may change data: it is sent once, and a lost answer is an error.
 */
export function createCaller(options: CallerOptions): FunctionCaller {
	const { connection, ports } = options;
	const { permissions } = connection;
	const road = roadOf(connection);
	const settings: CallSettings = {
		login: '"User" and "Password", and "SAP Client", in the credential',
		baseUrl: '"Base URL" in the credential',
		endpoint: road.endpoint,
	};
	const credentials = Buffer.from(`${connection.user}:${connection.password}`, 'utf8');
	const authorization = `Basic ${credentials.toString('base64')}`;

	const clientFor = (name: string): HttpClient =>
		createClient({
			transport: options.transport,
			ports,
			deadline: options.deadline,
			attemptTimeoutMs: ATTEMPT_TIMEOUT_MS,
			totalTimeoutMs: 3 * ATTEMPT_TIMEOUT_MS,
			classify: (response) =>
				answerError(
					response,
					response.status >= 400 ? road.said(response) : undefined,
					name,
					settings,
				),
		});

	return {
		async call(functionName, parameters) {
			const name = permittedFunction(functionName, permissions);
			assertParameters(name, parameters, permissions);
			const { url, headers, body } = road.request(name, parameters);
			const response = await clientFor(name).send({
				method: 'POST',
				url,
				headers: { ...headers, authorization },
				body,
				repeatable: !permissions.added.has(name),
			});
			return {
				values: road.values(response, name, settings),
				serverNow: localTime(response.headers.date, connection.zone),
			};
		},
	};
}

function roadOf(connection: Connection): Road {
	switch (connection.access) {
		case 'soap':
			return soapRoad(connection);
		case 'json':
			return jsonRoad(connection);
		case 'none':
			throw new CoreError(
				'configuration',
				'The credential gives access to SAP Gateway only, so no function can be called.',
				{
					remedy:
						'Choose "SOAP Endpoint" or "JSON Bridge" under "Function Access" in the credential, or the entity "OData Entity Set".',
				},
			);
	}
}

function soapRoad(connection: Connection): Road {
	const query = new URLSearchParams(languageAndClient(connection)).toString();
	return {
		endpoint: `"Base URL" with the path ${SOAP_PATH}`,
		request: (name, parameters) => ({
			url: `${connection.baseUrl}${SOAP_PATH}${query && `?${query}`}`,
			headers: {
				'content-type': 'text/xml; charset=utf-8',
				accept: 'text/xml',
				soapaction: FUNCTIONS,
			},
			body: soapRequest(name, parameters),
		}),
		said: soapFault,
		values: soapValues,
	};
}

function jsonRoad(connection: Connection): Road {
	const query = new URLSearchParams({ format: 'json', ...languageAndClient(connection) });
	return {
		endpoint: `"Bridge Path" in the credential (${connection.bridgePath})`,
		request: (name, parameters) => ({
			url: `${connection.baseUrl}${connection.bridgePath}/${encodeURIComponent(name)}?${query.toString()}`,
			headers: { 'content-type': 'application/json', accept: 'application/json' },
			body: JSON.stringify(parameters),
		}),
		said: bridgeRefusal,
		values: jsonValues,
	};
}

export function languageAndClient(connection: Connection): Record<string, string> {
	const { sapClient, language } = connection;
	return {
		...(sapClient !== '' && { 'sap-client': sapClient }),
		...(language !== '' && { 'sap-language': language }),
	};
}

/** An HTTP date as `2026-11-20T10:12:30` in a zone; `''` when there is none. */
export function localTime(httpDate: string | undefined, zone: string): string {
	const at = DateTime.fromHTTP(httpDate ?? '');
	return at.isValid ? at.setZone(zone).toFormat("yyyy-MM-dd'T'HH:mm:ss") : '';
}
