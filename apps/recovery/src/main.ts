/**
 * Recovery: jobs that run and end. The ordinary one runs before each start of the writer; `rebuild`
 * is for a person who wants a database anew.
 */
import { runProcess } from '@elmetron/runtime';
import { rebuildJob } from './rebuild-job.js';
import { recoveryJob } from './recovery-job.js';

if (process.argv[2] === rebuildJob.command) runProcess(rebuildJob);
else runProcess(recoveryJob);
