#!/usr/bin/env bash
# A Slurm of one node on the loopback address, as root, all of it in FOLDER: `eval "$(tests/slurm/start.sh FOLDER)"` sets
# SLURM_CONF for srun and the rest; tests/slurm/stop.sh FOLDER ends it. Jobs in the partition `low` make room for those
# in `high`: they get SIGTERM, have 60 seconds, and are queued again.
set -euo pipefail
mkdir -p "$1"/{spool,state}
folder=$(cd "$1" && pwd)
host=$(hostname -s)
port=$((20000 + RANDOM % 10000))

cat >"$folder/slurm.conf" <<EOF
ClusterName=tests
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmdPort=$((port + 1))
SlurmUser=root
AuthType=auth/munge
CryptoType=crypto/munge
AuthInfo=socket=$folder/munge.socket,cred_expire=5
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=bf_interval=1,sched_interval=1,batch_sched_delay=1
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
ReturnToService=2
SlurmdParameters=config_overrides
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
GresTypes=gpu
NodeName=localhost NodeHostname=$host NodeAddr=127.0.0.1 CPUs=16 Gres=gpu:2 State=UNKNOWN
PartitionName=low Nodes=localhost Default=YES PriorityTier=1 GraceTime=60 OverSubscribe=NO
PartitionName=high Nodes=localhost PriorityTier=10 PreemptMode=OFF OverSubscribe=NO
EOF
touch "$folder"/gpu{0,1}
echo "NodeName=localhost Name=gpu File=$folder/gpu[0-1]" >"$folder/gres.conf"
export SLURM_CONF=$folder/slurm.conf

(umask 077 && head -c 1024 /dev/urandom >"$folder/munge.key")
munged --force --key-file="$folder/munge.key" --socket="$folder/munge.socket" --pid-file="$folder/munged.pid" \
    --log-file="$folder/munged.log" --seed-file="$folder/munge.seed" >&2
slurmctld -c >&2
slurmd -N localhost >&2
for ((i = 0; i < 100; i++)); do
    if [[ $(sinfo -h -o %T 2>/dev/null) == idle ]]; then
        echo "export SLURM_CONF='$SLURM_CONF'"
        exit 0
    fi
    sleep 0.1
done
tail -n 5 "$folder"/*.log >&2
"${BASH_SOURCE[0]%/*}/stop.sh" "$folder"
exit 1
