export interface WorkflowJson {
	name: string;
	nodes: Array<Record<string, unknown>>;
	connections: Record<string, unknown>;
	settings?: Record<string, unknown>;
	pinData?: Record<string, unknown>;
}

export interface Execution {
	id: string;
	/** `success`, `error`, `crashed`, `canceled`, `running`, `new`, `waiting`. */
	status: string;
	mode: string;
	startedAt: string | null;
	stoppedAt: string | null;
}

export type Item = Record<string, unknown>;

interface NodeRun {
	executionStatus: string;
	error?: { message: string; description?: string };
	data?: { main: Array<Array<{ json: Item }> | null> };
}

export interface ExecutionWithData extends Execution {
	data: {
		resultData: {
			error?: { message: string; description?: string };
			lastNodeExecuted?: string;
			runData: Record<string, NodeRun[]>;
		};
	};
}

export interface PublicationStatus {
	status: 'in_progress' | 'published' | 'failed' | string;
	triggers?: Array<{ errorMessage?: string | null }>;
}

export interface DynamicRequest {
	nodeType: string;
	version?: number;
	/** Name of the parameter that is filled. */
	parameter: string;
	method: string;
	parameters?: Item;
	credentials?: Record<string, { id: string; name: string }>;
}

/** A credential that a node type offers, and the parameter values that show it. */
export interface CredentialSlot {
	name: string;
	displayOptions?: { show?: Record<string, unknown[]> };
}
