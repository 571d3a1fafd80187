const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether PostgreSQL would take the text for a `uuid`, in its usual form. */
export const isUuid = (text: string): boolean => uuid.test(text);
