'use client';

export { Shop as ClientShop } from '../shared/Shop.js';
