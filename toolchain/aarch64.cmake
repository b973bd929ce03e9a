# cmake -DCMAKE_TOOLCHAIN_FILE=toolchain/aarch64.cmake: builds for linux-arm64 with Debian's cross compiler and runs what
# it built, for try_run and ctest, on an emulated Cortex-A53. A board's own SDK brings a file like this one.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)

set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_C_FLAGS_INIT -mcpu=cortex-a53)
set(CMAKE_CXX_FLAGS_INIT -mcpu=cortex-a53)

set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64 -cpu cortex-a53 -L /usr/aarch64-linux-gnu)

# Programs are this machine's; libraries, headers and packages are the board's: CMAKE_PREFIX_PATH says where.
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
