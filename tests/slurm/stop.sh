#!/usr/bin/env bash
# End the Slurm that tests/slurm/start.sh FOLDER started, its jobs included.
set -uo pipefail
export SLURM_CONF=$1/slurm.conf
squeue -h -o %i 2>/dev/null | xargs -r scancel --signal=KILL --full
read -r -d '' -a pids < <(cat "$1"/{slurmd,slurmctld,munged}.pid 2>/dev/null)
kill ${pids[@]+"${pids[@]}"}
for ((i = 0; i < 150; i++)); do
    kill -0 ${pids[@]+"${pids[@]}"} 2>/dev/null || exit 0
    sleep 0.1
done
