/** The config file that commands read unless they are told another. */
export const defaultConfig = 'breakwater.yaml';

/** Where a daemon listens when its config says nothing. */
export const defaultDaemonUrl = 'http://127.0.0.1:8710';
