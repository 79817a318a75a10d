{
  "targets": [
    {
      "target_name": "node_linux",
      "sources": [
        "src/addon.cc",
        "src/dump_worker.cc",
        "src/netlink_socket.cc",
        "src/peer_credentials.cc",
        "src/unix_datagram.cc"
      ],
      "defines": [
        "NAPI_VERSION=8",
        "NODE_ADDON_API_CPP_EXCEPTIONS",
        "NODE_ADDON_API_DISABLE_DEPRECATED",
        # In a Worker that is being terminated nothing can be thrown any more; without this the process is aborted.
        "NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS"
      ],
      "include_dirs": ["<!@(node -p \"require('node-addon-api').include\")"],
      "cflags": ["<!@(pkg-config --cflags libmnl)", "-Wall", "-Wextra", "-fvisibility=hidden"],
      "cflags_cc": ["-std=c++17", "-fexceptions", "-frtti"],
      "cflags_cc!": ["-fno-exceptions", "-fno-rtti"],
      "libraries": ["<!@(pkg-config --libs libmnl)"],
      "configurations": {
        "Release": {
          "cflags": ["-O2"]
        },
        "Debug": {
          "cflags": ["-fsanitize=address", "-fno-omit-frame-pointer", "-O1", "-g"],
          "ldflags": ["-fsanitize=address"]
        }
      }
    }
  ]
}
