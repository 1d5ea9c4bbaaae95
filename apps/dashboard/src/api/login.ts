/** `POST /api/login`: a browser says the token once, and has a cookie from then on. */
import { z } from 'zod';

export const loginSchema = z.strictObject({ token: z.string().min(1).max(200) });

export const loggedInSchema = z.object({
  token_needed: z.boolean().describe('False: none is needed here.'),
});
