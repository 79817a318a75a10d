# setup.sh DIR CACHED: runs as the first child of a test host's PID 1, in its new namespaces, and makes the world
# that libvirt is to see: nothing of the machine's own libvirt, D-Bus, systemd, ttys or KVM.
set -eu
dir=$1 cached=$2

mount -t proc proc /proc
mount -t sysfs sysfs /sys

# A private /dev: without /dev/kvm everyone picks TCG, and libvirt does not probe QEMU anew for its sake.
mkdir -p "$dir/mnt"
mount -t tmpfs -o mode=755 tmpfs "$dir/mnt"
mkdir "$dir/mnt/pts" "$dir/mnt/shm" "$dir/mnt/net"
for node in null zero full random urandom tty net/tun; do
  : >"$dir/mnt/$node"
  mount --bind "/dev/$node" "$dir/mnt/$node"
done
ln -s pts/ptmx "$dir/mnt/ptmx"
ln -s /proc/self/fd "$dir/mnt/fd"
for n in 0:stdin 1:stdout 2:stderr; do ln -s "/proc/self/fd/${n%:*}" "$dir/mnt/${n#*:}"; done
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts "$dir/mnt/pts"
mount -t tmpfs -o mode=1777 tmpfs "$dir/mnt/shm"
mount --rbind "$dir/mnt" /dev
umount -l "$dir/mnt"

mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/libvirt /run/lock /run/netns
mount --bind "$dir/run" /run/libvirt
mkdir -p /etc/libvirt /var/lib/libvirt /var/log/libvirt /var/cache/libvirt
mount --bind "$dir/etc" /etc/libvirt
mount --bind "$dir/log" /var/log/libvirt
mount -t tmpfs -o mode=755 tmpfs /var/lib/libvirt
mkdir /var/lib/libvirt/images
mount -t tmpfs -o mode=755 tmpfs /var/cache/libvirt
[ ! -d "$cached" ] || cp -a "$cached/." /var/cache/libvirt/

# The machine's own ports are to stay quiet: what an observer sees, a guest sent.
for i in all default; do
  [ ! -e /proc/sys/net/ipv6/conf/$i/disable_ipv6 ] || echo 1 >/proc/sys/net/ipv6/conf/$i/disable_ipv6
done
ip link set lo up
