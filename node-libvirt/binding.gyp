{
  "targets": [
    {
      "target_name": "node_libvirt",
      "sources": [
        "src/addon.cc",
        "src/args.cc",
        "src/batch.cc",
        "src/channel.cc",
        "src/connection.cc",
        "src/connection_objects.cc",
        "src/connection_state.cc",
        "src/domain.cc",
        "src/domain_batch.cc",
        "src/domain_data.cc",
        "src/env_data.cc",
        "src/error.cc",
        "src/event_implementation.cc",
        "src/event_loop.cc",
        "src/event_subscription.cc",
        "src/executor.cc",
        "src/network.cc",
        "src/nwfilter.cc",
        "src/nwfilter_binding.cc",
        "src/storage_pool.cc",
        "src/storage_vol.cc",
        "src/typed_params.cc",
        "src/values.cc"
      ],
      "defines": [
        "NAPI_VERSION=8",
        "NODE_ADDON_API_CPP_EXCEPTIONS",
        "NODE_ADDON_API_DISABLE_DEPRECATED",
        # In a Worker that is being terminated nothing can be thrown any more; without this the process is aborted.
        "NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS"
      ],
      "include_dirs": ["<!@(node -p \"require('node-addon-api').include\")"],
      "cflags": ["<!@(pkg-config --cflags libvirt libvirt-qemu)", "-Wall", "-Wextra", "-fvisibility=hidden"],
      "cflags_cc": ["-std=c++17", "-fexceptions", "-frtti"],
      "cflags_cc!": ["-fno-exceptions", "-fno-rtti"],
      "libraries": ["<!@(pkg-config --libs libvirt libvirt-qemu)"],
      # A Worker's exit dlclose()s the addon while one of its threads may still be inside a libvirt call.
      "ldflags": ["-Wl,-z,nodelete"],
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
