/** Files in the data folder that commands read too. */
export const CANARIES_FILE = 'canaries.json'
export const API_TOKEN_FILE = 'api-token'
export const READ_TOKEN_FILE = 'api-token-read'
