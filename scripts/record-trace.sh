#!/usr/bin/env bash
# Records the events that `./shootdown replay` uses, and no others, while a command runs.
#
#   sudo scripts/record-trace.sh [-b KIB] [-o FILE] [-i] [-s] [-t] -- COMMAND [ARGUMENT...]
#
#   -b KIB   buffer of each CPU (default 20000)
#   -o FILE  output (default trace.txt.gz)
#   -i       with the IOMMU's events (intel_iommu, iommu). They come in whoever's context, so then
#            every task is recorded
#   -s       print what it would record, and record nothing
#   -t       use trace-cmd instead of tracefs; its text has no column for processes, so only threads made
#            while it records are known to be of one
#
# Works in a tracing instance of its own, so it disturbs nobody else's tracing, and takes the
# instance away when it ends. Needs root. COMMAND runs as the user who called sudo.
#
# What it costs the recorded machine: about 1 us per event on the 2-vCPU guest whose traces ship in
# scenarios/traces, so 2 us per system call and some 9 us per flush that another CPU takes part in.
# Without page_fault_user a page fault costs nothing more, but a replay then does not know what was
# mapped; mmap adds two events per call, and task_newtask one per thread. Call chains are not
# recorded: use `perf record -g -e tlb:tlb_flush` for them. khugepaged, ksmd and kcompactd are recorded
# as well (not with -t), because they work on the command's pages.
set -euo pipefail

events=(
  tlb/tlb_flush
  csd/csd_queue_cpu csd/csd_function_entry csd/csd_function_exit
  ipi/ipi_send_cpu ipi/ipi_send_cpumask
  irq_vectors/call_function_entry irq_vectors/call_function_exit
  irq_vectors/call_function_single_entry irq_vectors/call_function_single_exit
  exceptions/page_fault_user
  syscalls/sys_enter_munmap syscalls/sys_exit_munmap
  syscalls/sys_enter_mprotect syscalls/sys_exit_mprotect
  syscalls/sys_enter_madvise syscalls/sys_exit_madvise
  syscalls/sys_enter_mremap syscalls/sys_exit_mremap
  syscalls/sys_enter_mmap syscalls/sys_exit_mmap
  task/task_newtask sched/sched_process_fork sched/sched_process_exec
  mmap/exit_mmap
  migrate/set_migration_pte migrate/remove_migration_pte migrate/mm_migrate_pages
  migrate/mm_migrate_pages_start
  huge_memory/mm_collapse_huge_page
  ksm/ksm_merge_one_page ksm/ksm_merge_with_ksm_page
  sched/sched_switch
  kvm/kvm_unmap_hva_range kvm/kvm_age_hva kvm/kvm_page_fault
)
iommu_events=(
  intel_iommu/qi_submit intel_iommu/prq_report
  intel_iommu/cache_tag_flush_range intel_iommu/cache_tag_flush_range_np
  intel_iommu/cache_tag_flush_all
  iommu/map iommu/unmap iommu/io_page_fault
)

die() {
  printf 'record-trace: %s\n' "$1" >&2
  exit "${2:-2}"
}

usage() {
  sed -n '2,15p' "$0" | sed 's/^# \{0,1\}//'
}

buffer_kib=20000
output=trace.txt.gz
with_iommu=false
show=false
with_trace_cmd=false
while getopts 'b:o:isth' option; do
  case "$option" in
    b) buffer_kib=$OPTARG ;;
    o) output=$OPTARG ;;
    i) with_iommu=true ;;
    s) show=true ;;
    t) with_trace_cmd=true ;;
    h) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
done
shift $((OPTIND - 1))
[[ $buffer_kib =~ ^[1-9][0-9]*$ ]] || die "-b takes a number of KiB, not '$buffer_kib'"
if "$with_iommu"; then
  events+=("${iommu_events[@]}")
fi
if "$show"; then
  printf '%s\n' "${events[@]}"
  exit 0
fi
[[ $# -gt 0 ]] || die 'give a command to record, behind --'
[[ $EUID -eq 0 ]] || die 'tracing needs root: call it with sudo' 3

tracefs=
for candidate in /sys/kernel/tracing /sys/kernel/debug/tracing; do
  if [[ -d $candidate/events ]]; then
    tracefs=$candidate
    break
  fi
done
[[ -n $tracefs ]] || die 'no tracefs is mounted: mount -t tracefs none /sys/kernel/tracing' 3

available=()
for event in "${events[@]}"; do
  if [[ -d $tracefs/events/$event ]]; then
    available+=("$event")
  else
    printf 'record-trace: this kernel has no %s; it is left out\n' "$event" >&2
  fi
done
[[ ${#available[@]} -gt 0 ]] || die 'this kernel has none of the events' 3

# The command waits for a line, so that it is traced from its first instruction on.
start_gate() {
  gate=$(mktemp -u)
  mkfifo -m 600 "$gate"
  # The expansion is for the new shell, not for this one.
  # shellcheck disable=SC2016
  local wait_and_run='read -r _ <&9; exec 9<&-; exec "$@"'
  if [[ -n ${SUDO_USER:-} ]]; then
    setpriv --reuid "$SUDO_USER" --regid "$(id -g "$SUDO_USER")" --init-groups \
      bash -c "$wait_and_run" gate "$@" 9<"$gate" &
  else
    bash -c "$wait_and_run" gate "$@" 9<"$gate" &
  fi
  command_pid=$!
}

gate=
command_pid=
instance=shootdown-$$
directory=$tracefs/instances/$instance
cleanup() {
  if [[ -n $command_pid ]]; then
    kill "$command_pid" 2>/dev/null || true
  fi
  [[ -z $gate ]] || rm -f "$gate"
  if [[ -d $directory ]]; then
    echo 0 >"$directory/tracing_on" || true
    rmdir "$directory" || printf 'record-trace: %s is left behind\n' "$directory" >&2
  fi
}
trap cleanup EXIT

mkdir "$directory"
echo 0 >"$directory/tracing_on"
echo mono >"$directory/trace_clock"
echo "$buffer_kib" >"$directory/buffer_size_kb"
echo 1 >"$directory/options/event-fork"
# The column of the process, which tells whose address space a thread is in.
echo 1 >"$directory/options/record-tgid"
for event in "${available[@]}"; do
  echo 1 >"$directory/events/$event/enable"
done

start_gate "$@"
if ! "$with_iommu"; then
  echo "$command_pid" >"$directory/set_event_pid"
  for daemon in khugepaged ksmd 'kcompactd[0-9]+'; do
    pgrep -x "$daemon" 2>/dev/null >>"$directory/set_event_pid" || true
  done
fi
echo 1 >"$directory/tracing_on"
echo >"$gate"
status=0
wait "$command_pid" || status=$?
command_pid=
echo 0 >"$directory/tracing_on"

if "$with_trace_cmd"; then
  command -v trace-cmd >/dev/null || die 'trace-cmd is not installed; leave -t out' 3
  binary=$(mktemp)
  trace-cmd extract -B "$instance" -o "$binary" >/dev/null
  trace-cmd report -i "$binary" | gzip >"$output"
  rm -f "$binary"
else
  gzip <"$directory/trace" >"$output"
fi
lost=$(awk '/^(overrun|dropped events):/ { n += $NF } END { print n + 0 }' \
  "$directory"/per_cpu/cpu*/stats)
if [[ $lost -gt 0 ]]; then
  printf 'record-trace: %s events were lost; give a larger -b\n' "$lost" >&2
fi
printf 'record-trace: %s, the command ended with %s\n' "$output" "$status" >&2
printf 'record-trace: ./shootdown replay %s\n' "$output" >&2
