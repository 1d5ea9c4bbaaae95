export { OwnedTime, settle } from '@elmetron/link/testing';
