import { getRequestContext } from '../provider/request_context.ts';
import { splitScope } from '../provider/token_claims.ts';
import { clientName } from './interaction_request.ts';
import { readStepUp } from './second_factor_interaction.ts';
import type { SecondFactorInteraction } from './second_factor_interaction.ts';

/** Why a second factor is asked for, in words. */
export function describeStepUp(found: SecondFactorInteraction): string {
  const { interaction, client } = found;
  const { reason } = readStepUp(found);
  const name = clientName(client);
  if (reason === 'policy') return 'Signing in to your account takes a second factor.';
  if (reason === 'acr') return `${name} asks you to confirm it's you with a second factor.`;
  const { configuration } = getRequestContext();
  const scopes = splitScope(interaction.params.scope);
  const wanted = scopes.flatMap((scope) => {
    const definition = configuration.scopes.get(scope);
    return definition?.stepUp ? [definition.description] : [];
  });
  return `${name} asks you to confirm it's you before it may: ${wanted.join(', ')}.`;
}
