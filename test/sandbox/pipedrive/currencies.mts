/** Currencies that Pipedrive knows; which of them are active is the account's choice. */
export const currencies = [
	{ id: 1, code: 'EUR', name: 'Euro', symbol: '€', decimal_points: 2 },
	{ id: 2, code: 'USD', name: 'United States Dollar', symbol: '$', decimal_points: 2 },
	{ id: 3, code: 'GBP', name: 'British Pound', symbol: '£', decimal_points: 2 },
	{ id: 4, code: 'CHF', name: 'Swiss Franc', symbol: 'CHF', decimal_points: 2 },
	{ id: 5, code: 'PLN', name: 'Polish Zloty', symbol: 'zł', decimal_points: 2 },
	{ id: 6, code: 'SEK', name: 'Swedish Krona', symbol: 'kr', decimal_points: 2 },
	{ id: 7, code: 'JPY', name: 'Japanese Yen', symbol: '¥', decimal_points: 0 },
	{ id: 8, code: 'TRY', name: 'Turkish Lira', symbol: '₺', decimal_points: 2 },
];

/** Of a new account. */
export const activeAtFirst = currencies.map(({ code }) => code).filter((code) => code !== 'TRY');
