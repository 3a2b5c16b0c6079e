// The app manifest. Slack's own type takes any key at its top; here it is held to those that ours has.
import type { Manifest } from "@slack/web-api/dist/types/request/manifest.js";

export type AppManifest = Pick<Manifest, "_metadata" | "display_information" | "features" | "oauth_config" | "settings">;
