# boot.sh ROOT CGROUP: inside a test host, in a mount namespace of its own, becomes the systemd of the system in ROOT, on the
# host's network and beside its libvirt. CGROUP names the control group that it has for itself.
set -eu
root=$1 group=/sys/fs/cgroup/$2

mount -t cgroup2 cgroup2 /sys/fs/cgroup
mkdir "$group"
echo $$ >"$group/cgroup.procs"
exec unshare --mount --pid --fork --cgroup --uts --ipc sh -euc '
  mount --bind "$1" "$1"
  cd "$1"
  mount -t proc proc proc
  mount -t sysfs -o ro sysfs sys
  mount -t cgroup2 cgroup2 sys/fs/cgroup
  mount --rbind /dev dev
  mount -t tmpfs -o mode=755 tmpfs run
  mkdir run/libvirt
  mount --bind /run/libvirt run/libvirt
  mount --bind /var/lib/libvirt/images var/lib/libvirt/images
  pivot_root . mnt
  umount --lazy /mnt
  exec env -i container=test NOTIFY_SOCKET=/notify PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd
' sh "$root"
