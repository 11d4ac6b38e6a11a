import type { Cloud } from "./clouds.ts";
import type { Portal } from "./ports.ts";

/** Addresses in the portal of the configured cloud. */
export function createPortal(cloud: Cloud): Portal {
  return {
    url: (resourceId, tenantId) => `${cloud.portal}/#@${encodeURIComponent(tenantId)}/resource${encodeURI(resourceId)}`,
  };
}
